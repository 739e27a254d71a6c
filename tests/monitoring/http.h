// http.h: sends HTTP requests to a server on this machine.

#ifndef FUSEBOX_TESTS_MONITORING_HTTP_H_
#define FUSEBOX_TESTS_MONITORING_HTTP_H_

#include <cstdint>
#include <map>
#include <string>

namespace fusebox {

// Sends GET and returns the body. Returns "" if there is no reply or its status
// is not 200.
std::string HttpGet(uint16_t port, const std::string& path,
                    const std::map<std::string, std::string>& query = {});

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_HTTP_H_
