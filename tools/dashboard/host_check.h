// host_check.h: decides whether a request is meant for this server.
//
// A web site can make its own name resolve to 127.0.0.1. Its pages can then
// read the answers of this server as if they were its own (DNS rebinding).
// Their requests still have the name of the site in their Host header. The
// server therefore answers only to names that it knows, and to numeric
// addresses, which nobody can make resolve to something else.

#ifndef FUSEBOX_TOOLS_DASHBOARD_HOST_CHECK_H_
#define FUSEBOX_TOOLS_DASHBOARD_HOST_CHECK_H_

#include <string>

namespace fusebox::tool {

// Returns whether the Host header is a numeric address, "localhost" or `host`,
// with or without a port: "127.0.0.1:8080", "[::1]".
bool IsOurs(const std::string& host_header, const std::string& host);

// Returns "http://127.0.0.1:8080/". An IPv6 address gets brackets.
std::string UrlOf(const std::string& host, int port);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_HOST_CHECK_H_
