# SPDX-License-Identifier: BSD-3-Clause
"""The tutorial's UDP client: sends one message and prints its acknowledgement."""

import socket

host = "localhost"
port = 9999
msg = "Hello, server"

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("Socket created.")

print(f"Sending msg to the server: {msg}")
s.sendto(msg.encode(), (host, port))

ack, address = s.recvfrom(1024)
print("Acknowledgment received from the server:")
print(ack.decode())

print("Terminating the Connection.")
s.close()
