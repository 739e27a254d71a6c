#include "tests/monitoring/http.h"

#include <httplib.h>

#include <map>
#include <string>

namespace fusebox {

std::string HttpGet(uint16_t port, const std::string& path,
                    const std::map<std::string, std::string>& query) {
  httplib::Client client("127.0.0.1", port);
  const httplib::Result answer = client.Get(
      path, httplib::Params(query.begin(), query.end()), httplib::Headers());
  return answer && answer->status == 200 ? answer->body : "";
}

}  // namespace fusebox
