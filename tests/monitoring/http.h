// http.h: asks a server on this machine.

#ifndef FUSEBOX_TESTS_MONITORING_HTTP_H_
#define FUSEBOX_TESTS_MONITORING_HTTP_H_

#include <cstdint>
#include <map>
#include <string>

namespace fusebox {

// The body of the answer to GET, empty if it is not 200, or none.
std::string HttpGet(uint16_t port, const std::string& path,
                    const std::map<std::string, std::string>& query = {});

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_HTTP_H_
