#include "fusebox/fusebox.h"  // link fusebox::fusebox

int main() {
  auto registry = fusebox::Registry::Create();
  const fusebox::Logger logger(registry);
}
