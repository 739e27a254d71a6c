#include "fusebox/grpc/internal/typed_message.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include <string>

namespace fusebox::internal {

bool AppendBytes(const google::protobuf::MessageLite& message,
                 std::string* bytes) {
  google::protobuf::io::StringOutputStream stream(bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  return message.SerializePartialToCodedStream(&out);
}

}  // namespace fusebox::internal
