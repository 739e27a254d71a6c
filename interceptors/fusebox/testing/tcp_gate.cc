#include "fusebox/testing/tcp_gate.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/testing/internal/socket.h"

namespace fusebox {

using internal::Socket;

namespace {

uint16_t PortOf(const std::string& address) {
  const std::string host = "127.0.0.1:";
  const int port = address.compare(0, host.size(), host) == 0
                       ? std::atoi(address.c_str() + host.size())
                       : 0;
  if (port <= 0 || port > 65535) std::abort();
  return static_cast<uint16_t>(port);
}

enum class Fate { kOpen, kOver, kBroken };

// One direction of a connection, from the end that is read to the end that is
// written.
struct Pipe {
  std::string bytes;  // read, and not written yet
  bool over = false;  // nothing more to read

  bool wants_to_read() const { return bytes.empty() && !over; }
  bool is_done() const { return bytes.empty() && over; }

  // Moves the available bytes without blocking. Returns false if an end is
  // broken.
  bool Move(const Socket& from, const Socket& to) {
    if (wants_to_read()) {
      bytes.resize(65536);
      const ssize_t received =
          recv(from.descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      const bool nothing_yet = received < 0 && errno == EAGAIN;
      bytes.resize(received > 0 ? static_cast<size_t>(received) : 0);
      if (received < 0) return nothing_yet;
      if (received == 0) {
        over = true;
        shutdown(to.descriptor(), SHUT_WR);
      }
    }
    if (bytes.empty()) return true;
    const ssize_t sent = send(to.descriptor(), bytes.data(), bytes.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN;
    bytes.erase(0, static_cast<size_t>(sent));
    return true;
  }
};

struct Connection {
  Socket client;
  Socket server;
  Pipe up;    // to the server
  Pipe down;  // to the client

  // Returns the events that poll() waits for at the end where `in` is read and
  // `out` is written.
  static short Awaited(const Pipe& in, const Pipe& out) {
    return (in.wants_to_read() ? POLLIN : 0) |
           (out.bytes.empty() ? 0 : POLLOUT);
  }

  Fate Move() {
    if (!up.Move(client, server) || !down.Move(server, client)) {
      return Fate::kBroken;
    }
    return up.is_done() && down.is_done() ? Fate::kOver : Fate::kOpen;
  }

  void Reset() {
    client.Reset();
    server.Reset();
  }
};

}  // namespace

// Owns the thread that moves the bytes. Everything happens in that thread,
// between two calls of poll().
class TcpGate::Keeper {
 public:
  enum class Mode { kPass, kHold, kRefuse };

  explicit Keeper(uint16_t server_port)
      : server_port_(server_port), listener_(Socket::Listen()) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) std::abort();
    alarm_ = Socket(pair[0]);
    bell_ = Socket(pair[1]);
    thread_ = std::thread([this] { Run(); });
  }
  ~Keeper() {
    bell_.Close();
    thread_.join();
    ResetAll();
  }

  uint16_t port() const { return listener_.port(); }

  // Blocks until the thread has carried out the command.
  void Order(std::optional<Mode> mode, bool reset) FUSEBOX_EXCLUDES(mu_) {
    MutexLock lock(mu_);
    if (mode) mode_ = *mode;
    reset_ = reset_ || reset;
    const uint64_t order = ++ordered_;
    bell_.Write("!");
    while (obeyed_ < order) changed_.wait(mu_);
  }

  size_t admitted() const FUSEBOX_EXCLUDES(mu_) {
    MutexLock lock(mu_);
    return admitted_;
  }

 private:
  void Run() {
    for (;;) {
      const std::vector<pollfd> events = Await();
      std::string orders;
      if (events[0].revents != 0 && !alarm_.ReadSome(&orders)) return;
      size_t i = 2;
      for (auto it = connections_.begin(); it != connections_.end(); i += 2) {
        const Fate fate = Serve(*it, events[i].revents | events[i + 1].revents);
        if (fate == Fate::kBroken) it->Reset();
        it = fate == Fate::kOpen ? std::next(it) : connections_.erase(it);
      }
      MutexLock lock(mu_);
      in_force_ = mode_;
      if (std::exchange(reset_, false)) ResetAll();
      if (events[1].revents != 0 && in_force_ != Mode::kHold) Admit();
      obeyed_ = ordered_;
      changed_.notify_all();
    }
  }

  static Fate Serve(Connection& connection, short events) {
    if (events == 0) return Fate::kOpen;
    if ((events & POLLERR) != 0) return Fate::kBroken;
    return connection.Move();
  }

  void ResetAll() {
    for (Connection& connection : connections_) connection.Reset();
    connections_.clear();
  }

  // The events of the alarm, the listener and both ends of each connection.
  // Held connections have a negative descriptor, which poll() ignores.
  std::vector<pollfd> Await() {
    const bool hold = in_force_ == Mode::kHold;
    const auto descriptor = [&](const Socket& socket) {
      return hold ? -1 : socket.descriptor();
    };
    std::vector<pollfd> events = {
        {alarm_.descriptor(), POLLIN, 0},
        {descriptor(listener_), POLLIN, 0},
    };
    for (const Connection& connection : connections_) {
      events.push_back({descriptor(connection.client),
                        Connection::Awaited(connection.up, connection.down),
                        0});
      events.push_back({descriptor(connection.server),
                        Connection::Awaited(connection.down, connection.up),
                        0});
    }
    while (poll(events.data(), events.size(), -1) < 0) {
    }
    return events;
  }

  void Admit() FUSEBOX_REQUIRES(mu_) {
    Connection connection;
    connection.client = listener_.Accept();
    if (in_force_ == Mode::kPass) {
      connection.server = Socket::Connect(server_port_);
    }
    if (!connection.server) return connection.client.Reset();
    ++admitted_;
    connections_.push_back(std::move(connection));
  }

  const uint16_t server_port_;
  Socket listener_;
  Socket alarm_;  // wakes the thread
  Socket bell_;   // rings it; closed, it ends the thread

  // Used by the thread only.
  std::list<Connection> connections_;
  Mode in_force_ = Mode::kPass;

  mutable Mutex mu_;
  std::condition_variable_any changed_;
  Mode mode_ FUSEBOX_GUARDED_BY(mu_) = Mode::kPass;
  bool reset_ FUSEBOX_GUARDED_BY(mu_) = false;
  uint64_t ordered_ FUSEBOX_GUARDED_BY(mu_) = 0;
  uint64_t obeyed_ FUSEBOX_GUARDED_BY(mu_) = 0;
  size_t admitted_ FUSEBOX_GUARDED_BY(mu_) = 0;

  std::thread thread_;
};

TcpGate::TcpGate(const std::string& server_address)
    : keeper_(std::make_unique<Keeper>(PortOf(server_address))),
      address_("127.0.0.1:" + std::to_string(keeper_->port())) {}

TcpGate::~TcpGate() = default;

void TcpGate::Pass() { keeper_->Order(Keeper::Mode::kPass, false); }
void TcpGate::Hold() { keeper_->Order(Keeper::Mode::kHold, false); }
void TcpGate::Refuse() { keeper_->Order(Keeper::Mode::kRefuse, true); }
void TcpGate::ResetConnections() { keeper_->Order(std::nullopt, true); }
size_t TcpGate::connections() const { return keeper_->admitted(); }

}  // namespace fusebox
