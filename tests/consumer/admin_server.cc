#include <string>

#include "fusebox/admin/server.h"  // link fusebox::admin
#include "fusebox/fusebox.h"       // link fusebox::fusebox

int main() {
  auto registry = fusebox::Registry::Create();
  const std::string socket = "/run/cart/fusebox.sock";
  auto admin = fusebox::AdminServer::Create(registry, "unix:" + socket);
  return admin.ok() ? 0 : 1;
}
