#include "fusebox/config/internal/config_schema.h"

#include <memory>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {
namespace {

// A google.protobuf.FileDescriptorSet with config.proto.
constexpr char kDescriptors[] =
#include "fusebox/v1/config.desc.inc"
    ;

class Schema {
 public:
  Schema() : factory_(&pool_) {
    google::protobuf::FileDescriptorProto imported;
    google::protobuf::Duration::descriptor()->file()->CopyTo(&imported);
    pool_.BuildFile(imported);
    google::protobuf::FileDescriptorSet files;
    if (!files.ParseFromArray(kDescriptors, sizeof(kDescriptors) - 1)) return;
    for (const auto& file : files.file()) pool_.BuildFile(file);
    prototype_ =
        factory_.GetPrototype(pool_.FindMessageTypeByName("fusebox.v1.Config"));
  }

  std::unique_ptr<google::protobuf::Message> New() const {
    return std::unique_ptr<google::protobuf::Message>(prototype_->New());
  }

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const google::protobuf::Message* prototype_ = nullptr;
};

}  // namespace

std::unique_ptr<google::protobuf::Message> NewConfigMessage() {
  // Never destroyed, so that a config can be read while the program ends.
  static const Schema* const schema = new Schema;
  return schema->New();
}

}  // namespace fusebox::internal
