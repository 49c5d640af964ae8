# SPDX-License-Identifier: BSD-3-Clause
"""The tutorial's UDP server: acknowledges one message and ends.

It never decodes the bytes that it acknowledges: their repr() is what the client gets.
"""

import socket

host = "localhost"
port = 9999

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("Socket created.")

s.bind((host, port))
print(f"Socket bound to address {host} and port number {port}")

msg, address = s.recvfrom(1024)
print("Message received from the client:")
print(msg.decode())

print("Sending acknowledgment to the client.")
s.sendto(f"Message received: {msg}. Thank you.".encode(), address)
s.close()
