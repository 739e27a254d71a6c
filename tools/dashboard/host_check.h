// host_check.h: whether a request is meant for this server.
//
// A page of another site can make its own name point to 127.0.0.1 and then read
// what is served there as its own (DNS rebinding). Its requests still carry
// that name in their Host header. So a name must be one that is known here; an
// address in digits is no name that could be pointed elsewhere.

#ifndef FUSEBOX_TOOLS_DASHBOARD_HOST_CHECK_H_
#define FUSEBOX_TOOLS_DASHBOARD_HOST_CHECK_H_

#include <string>

namespace fusebox::tool {

// Whether "127.0.0.1:8080", "[::1]", "localhost" or `host`, with or without a
// port, is what the Host header says.
bool IsOurs(const std::string& host_header, const std::string& host);

// "http://127.0.0.1:8080/"; IPv6 addresses get their brackets.
std::string UrlOf(const std::string& host, int port);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_HOST_CHECK_H_
