# SPDX-License-Identifier: BSD-3-Clause
"""The tutorial's TCP client: sends one message and prints its acknowledgement."""

import socket

host = "localhost"
port = 9999
msg = "Hello, server"

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created.")

s.connect((host, port))
print("Connection established with the server.")

print(f"Sending msg to the server: {msg}")
s.send(msg.encode())

ack = s.recv(1024).decode()
print("Acknowledgment received from the server:")
print(ack)

print("Terminating the Connection.")
s.close()
