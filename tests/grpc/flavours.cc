#include "tests/grpc/flavours.h"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/grpc/driver.h"

namespace fusebox {
namespace {

// Everything that equal calls have in common.
auto Everything(const Seen& seen) {
  return std::make_tuple(static_cast<int>(seen.status.error_code()),
                         seen.status.error_message(),
                         seen.status.error_details(), seen.replies,
                         seen.trailers, seen.returned, seen.completions);
}

}  // namespace

bool operator==(const Seen& a, const Seen& b) {
  return Everything(a) == Everything(b);
}

std::ostream& operator<<(std::ostream& os, const Seen& seen) {
  os << "status " << static_cast<int>(seen.status.error_code()) << " '"
     << seen.status.error_message() << "', "
     << seen.status.error_details().size() << " bytes of details";
  for (const std::string& reply : seen.replies) os << ", reply " << reply;
  for (const auto& [key, value] : seen.trailers) {
    os << ", trailer " << key << ": " << value;
  }
  for (const auto& [operation, ok] : seen.returned) {
    os << ", " << operation << ok;
  }
  return os << ", completed " << seen.completions << " times";
}

test::Text MakeText(const std::string& text) {
  test::Text message;
  message.set_text(text);
  return message;
}

grpc::ByteBuffer Serialize(const test::Text& text) {
  const grpc::Slice slice(text.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

std::string Print(const test::Text& text) { return text.text(); }

std::string Print(const grpc::ByteBuffer& bytes) {
  grpc::ByteBuffer copy = bytes;
  test::Text text;
  if (!copy.Valid()) return "";
  return grpc::GenericDeserialize<grpc::ProtoBufferReader, test::Text>(&copy,
                                                                       &text)
                 .ok()
             ? text.text()
             : "";
}

const char* Flavour::method() const {
  switch (shape) {
    case Shape::kUnary:
      return kSay;
    case Shape::kClientStream:
      return kCollect;
    case Shape::kServerStream:
      return kRepeat;
    case Shape::kBidi:
      return kChat;
  }
  return "";
}

bool Flavour::generic() const { return (how & kGeneric) != 0; }

bool Flavour::Does(Plan::End end) const {
  switch (end) {
    case Plan::End::kFinished:
      return true;
    case Plan::End::kNotFinished:
      return api != Api::kCallback &&
             (shape != Shape::kUnary || (how & kInitialMetadata) != 0);
    case Plan::End::kNotStarted:
      return (how & (kPrepared | kReactor)) != 0 ||
             (api == Api::kCompletionQueue && shape == Shape::kUnary) ||
             (api == Api::kCallback && shape != Shape::kUnary);
  }
  return false;
}

Seen Flavour::Call(const std::shared_ptr<grpc::Channel>& channel,
                   grpc::ClientContext* context, const Plan& plan) const {
  if ((how & kCorked) != 0) context->set_initial_metadata_corked(true);
  Rpc rpc{channel, context, how, plan, {}, {}};
  drive(rpc);
  if (rpc.seen.completions > 0) {
    for (const auto& [key, value] : context->GetServerTrailingMetadata()) {
      rpc.seen.trailers[{key.data(), key.size()}] = {value.data(),
                                                     value.size()};
    }
  }
  return std::move(rpc.seen);
}

std::ostream& operator<<(std::ostream& os, const Flavour& flavour) {
  return os << flavour.name;
}

const std::vector<Flavour>& Flavours() {
  static const auto& all = *[] {
    auto* flavours = new std::vector<Flavour>;
    for (const auto& some :
         {SyncFlavours(), QueueFlavours(), CallbackFlavours()}) {
      flavours->insert(flavours->end(), some.begin(), some.end());
    }
    return flavours;
  }();
  return all;
}

std::vector<Flavour> FlavoursThat(
    const std::function<bool(const Flavour& flavour)>& accept) {
  std::vector<Flavour> found;
  std::copy_if(Flavours().begin(), Flavours().end(), std::back_inserter(found),
               accept);
  return found;
}

std::vector<Flavour> FlavoursOf(Shape shape) {
  return FlavoursThat(
      [=](const Flavour& flavour) { return flavour.shape == shape; });
}

std::vector<Flavour> TypedUnaryFlavours() {
  return FlavoursThat([](const Flavour& flavour) {
    return flavour.shape == Shape::kUnary && !flavour.generic();
  });
}

const Flavour& FlavourNamed(const std::string& name) {
  for (const Flavour& flavour : Flavours()) {
    if (flavour.name == name) return flavour;
  }
  std::abort();
}

}  // namespace fusebox
