#include "tools/dashboard/page_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "tools/dashboard/bounded_pool.h"
#include "tools/dashboard/host_check.h"
#include "tools/dashboard/page.h"

namespace fusebox::tool {
namespace {

using httplib::Request;
using httplib::Response;
using HandlerResponse = httplib::Server::HandlerResponse;

constexpr char kText[] = "text/plain; charset=utf-8";

// For the requests of the page itself.
constexpr size_t kOtherThreads = 8;
constexpr size_t kMaxWaiting = 32;

constexpr Millis kPace{100};     // the shortest time between two messages
constexpr Millis kLookUp{1000};  // how often it looks for a viewer that left
constexpr Millis kSignOfLife{15'000};

void Answer(int status, const std::string& text, Response* response) {
  response->status = status;
  response->set_content(text, kText);
}

// One viewer's connection.
class MessageStream {
 public:
  explicit MessageStream(Relay* relay) : relay_(*relay) {}

  // Blocks until there is a message, for at most a second, and writes it.
  // Returns false to end the connection.
  bool Next(httplib::DataSink* sink) {
    if (!begun_) {
      begun_ = true;
      return Write("retry: 1000\n\n", sink);
    }
    if (!sink->is_writable()) return false;
    const std::optional<std::string> message = relay_.Wait(&seen_, kLookUp);
    if (!message) return false;
    silent_ += kLookUp;
    if (!message->empty()) {
      if (!Write("data: " + *message + "\n\n", sink)) return false;
      relay_.Pause(kPace);
    } else if (silent_ >= kSignOfLife) {
      return Write(":\n\n", sink);
    }
    return true;
  }

 private:
  bool Write(const std::string& text, httplib::DataSink* sink) {
    silent_ = Millis(0);
    return sink->write(text.data(), text.size());
  }

  Relay& relay_;
  Version seen_ = 0;
  bool begun_ = false;
  Millis silent_{0};
};

}  // namespace

PageServer::PageServer(Relay* relay, Options options)
    : relay_(*relay),
      options_(std::move(options)),
      server_(std::make_unique<httplib::Server>()),
      viewers_(std::make_shared<std::atomic<size_t>>(0)) {}

absl::StatusOr<std::unique_ptr<PageServer>> PageServer::Start(Relay* relay,
                                                              Options options) {
  std::unique_ptr<PageServer> server(new PageServer(relay, std::move(options)));
  const std::string& host = server->options_.host;
  const int port = server->options_.port;
  server->Route();
  if (port == 0) {
    server->port_ = server->server_->bind_to_any_port(host);
  } else {
    server->port_ = server->server_->bind_to_port(host, port) ? port : -1;
  }
  if (server->port_ <= 0) {
    return absl::UnavailableError(
        "cannot listen on " + host + ", port " + std::to_string(port) +
        ": another program may use the port, or the address may not be one of "
        "this machine");
  }
  httplib::Server* const listener = server->server_.get();
  server->thread_ = std::thread([listener] { listener->listen_after_bind(); });
  // stop() has no effect before the listener runs.
  while (!listener->is_running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return server;
}

PageServer::~PageServer() {
  relay_.Close();
  if (!thread_.joinable()) return;
  server_->stop();
  thread_.join();
}

std::string PageServer::url() const { return UrlOf(options_.host, port_); }

void PageServer::Route() {
  httplib::Server& server = *server_;
  const size_t threads = options_.max_viewers + kOtherThreads;
  server.new_task_queue = [threads] {
    return new BoundedPool(threads, kMaxWaiting);
  };
  // The default options of the library would let two programs share a port.
  server.set_socket_options([](int socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1);  // no thread waits for another request
  server.set_read_timeout(3);
  server.set_write_timeout(3);
  server.set_payload_max_length(1024);
  server.set_default_headers({{"Cache-Control", "no-store"},
                              {"X-Content-Type-Options", "nosniff"},
                              {"X-Frame-Options", "DENY"},
                              {"Referrer-Policy", "no-referrer"},
                              {"Cross-Origin-Resource-Policy", "same-origin"},
                              {"Cross-Origin-Opener-Policy", "same-origin"}});

  server.set_pre_routing_handler([this](const Request& request,
                                        Response& response) {
    if (IsOurs(request.get_header_value("Host"), options_.host)) {
      return HandlerResponse::Unhandled;
    }
    Answer(421,
           "This server does not answer to the name in your request. Open " +
               url() + "\n",
           &response);
    return HandlerResponse::Handled;
  });
  server.Get("/", [](const Request&, Response& response) {
    const Page page = MakePage();
    response.set_header("Content-Security-Policy", page.policy);
    response.set_content(page.html, "text/html; charset=utf-8");
  });
  server.Get("/events", [this](const Request&, Response& response) {
    ServeMessages(&response);
  });
  server.set_error_handler([](const Request&, Response& response) {
    if (response.body.empty()) {
      Answer(response.status, "The only page is /.\n", &response);
    }
  });
}

void PageServer::ServeMessages(Response* response) {
  // Frees the place of the viewer when the connection ends.
  const std::shared_ptr<void> seat(nullptr,
                                   [viewers = viewers_](void*) { --*viewers; });
  if (++*viewers_ > options_.max_viewers) {
    response->set_header("Retry-After", "3");
    Answer(503,
           "The dashboard serves at most " +
               std::to_string(options_.max_viewers) + " viewers at once.\n",
           response);
    return;
  }
  const auto stream = std::make_shared<MessageStream>(&relay_);
  response->set_chunked_content_provider(
      "text/event-stream", [stream, seat](size_t, httplib::DataSink& sink) {
        return stream->Next(&sink);
      });
}

}  // namespace fusebox::tool
