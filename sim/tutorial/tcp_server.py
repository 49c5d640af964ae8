# SPDX-License-Identifier: BSD-3-Clause
"""The tutorial's TCP server: acknowledges the message of one client and ends."""

import socket

host = "localhost"
port = 9999

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created.")

s.bind((host, port))
print(f"Socket bound to address {host} and port number {port}")

s.listen(1)
print("Listening for client.")

connection, address = s.accept()
print(f"Connection established with client at address {address}")

msg = connection.recv(1024).decode()
print("Message received from the client:")
print(msg)

print("Sending acknowledgment to the client.")
connection.send(f"Message received: {msg}. Thank you.".encode())

print("Terminating the connection.")
connection.close()
s.close()
