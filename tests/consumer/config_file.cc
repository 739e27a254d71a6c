#include <iostream>
#include <string>

#include "fusebox/fusebox.h"  // link fusebox::fusebox

int main(int, char** argv) {
  const std::string path = argv[1];
  auto registry = fusebox::Registry::Create(fusebox::LoadConfigFile(path));
  if (!registry.ok()) {
    std::cerr << registry.status().message() << "\n";
    return 1;
  }
}
