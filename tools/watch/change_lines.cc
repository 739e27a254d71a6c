#include "tools/watch/change_lines.h"

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/registry/breaker_name.h"
#include "tools/admin/connection.h"
#include "tools/admin/name_of.h"
#include "tools/text/breaker_text.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

// Returns "OPEN", or "CLOSED, mode FORCED_OPEN*".
std::string Short(const v1::Breaker& breaker) {
  std::string text = StateText(breaker.state());
  if (breaker.has_operator_mode() || breaker.mode() != v1::Policy::ENFORCE) {
    text += ", mode " + ModeName(breaker.mode());
  }
  return text + (breaker.has_operator_mode() ? "*" : "");
}

std::string Why(const v1::Breaker& breaker) {
  return breaker.cause().empty() ? "" : ": " + Printable(breaker.cause());
}

}  // namespace

void ChangeLines::Add(const AdminAddress& address) {
  processes_.emplace_back().name = Printable(address.text);
}

std::string ChangeLines::PrefixOf(const Known& known) const {
  return processes_.size() > 1 ? known.name + ": " : "";
}

std::string ChangeLines::Take(size_t process,
                              const v1::WatchBreakersResponse& response,
                              const EventFeed::News& news) {
  Known& known = processes_[process];
  std::string text;
  const auto say = [&](const std::string& line) {
    text += PrefixOf(known) + line + "\n";
  };
  if (std::exchange(known.lost, false)) say("-- connected again");
  if (news.restarted) say("-- the process was restarted");
  std::set<BreakerName> gone;
  for (const v1::BreakerName& name : response.gone()) gone.insert(NameOf(name));
  if (response.snapshot()) {
    for (const auto& [name, said] : known.said) gone.insert(name);
    for (const v1::Breaker& breaker : response.breakers()) {
      gone.erase(NameOf(breaker.name()));
    }
  }
  for (const BreakerName& name : gone) {
    if (known.said.erase(name) > 0)
      say(Printable(BreakerText(name)) + ": gone");
  }
  for (const v1::Breaker& breaker : response.breakers()) {
    const std::string now = Short(breaker);
    std::string& said = known.said[NameOf(breaker.name())];
    if (said == now) continue;
    say(NameText(breaker.name()) + ": " + (said.empty() ? "" : said + " -> ") +
        now + Why(breaker));
    said = now;
  }
  return text;
}

std::string ChangeLines::Lose(size_t process, const grpc::Status& status) {
  Known& known = processes_[process];
  if (std::exchange(known.lost, true)) return "";
  return PrefixOf(known) + "-- lost: " + Printable(StatusText(status)) +
         "; reconnecting ...\n";
}

}  // namespace fusebox::tool
