// echo_server.h: the server, which runs in its own process.

#ifndef DEMO_ECHO_SERVER_H_
#define DEMO_ECHO_SERVER_H_

namespace outage {

// Answers every unary call with the bytes of its request, and takes as long as
// shop.h says. Serves on 127.0.0.1 until the process is killed. Port 0 means a
// free port. Prints "ready <port>" once it serves. Returns only if it cannot
// serve, with the exit code.
int Serve(int port);

}  // namespace outage

#endif  // DEMO_ECHO_SERVER_H_
