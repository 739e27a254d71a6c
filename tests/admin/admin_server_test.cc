// admin_server_test.cc: tests where an admin server listens, and who can reach
// it.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "fusebox/admin/internal/socket_file.h"
#include "fusebox/admin/server.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class AdminServerTest : public AdminTest {
 protected:
  AdminServerTest() {
    char name[] = "/tmp/fusebox-admin-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~AdminServerTest() override {
    admin_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  absl::Status Try(const std::string& address, AdminOptions options = {}) {
    auto admin = AdminServer::Create(registry_, address, std::move(options));
    if (!admin.ok()) return admin.status();
    admin_ = *std::move(admin);
    return absl::OkStatus();
  }
  absl::Status TryUnix(const fs::path& path) {
    return Try("unix:" + path.string());
  }

  bool Answers() {
    stub_ = v1::BreakerAdmin::NewStub(grpc::CreateChannel(
        admin_->address(), grpc::InsecureChannelCredentials()));
    v1::ListBreakersResponse response;
    return List({}, &response).ok();
  }

  static int ModeOf(const fs::path& path) {
    struct stat found = {};
    return lstat(path.c_str(), &found) == 0
               ? static_cast<int>(found.st_mode & 0777)
               : -1;
  }

  // Leaves a socket that nobody listens on, as a process that died does.
  static void LeaveSocket(const fs::path& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path.c_str());
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(descriptor, reinterpret_cast<sockaddr*>(&address),
                   sizeof(address)),
              0);
    close(descriptor);
  }

  fs::path folder_;
};

TEST_F(AdminServerTest, ListensOnALoopbackPort) {
  ASSERT_EQ(Try("127.0.0.1:0"), absl::OkStatus());
  EXPECT_THAT(admin_->address(), StartsWith("127.0.0.1:"));
  EXPECT_NE(admin_->address(), "127.0.0.1:0");
  EXPECT_TRUE(Answers());
}

TEST_F(AdminServerTest, RefusesEveryOtherAddress) {
  for (const char* address :
       {"", "0.0.0.0:0", "localhost:0", "127.0.0.1",
        "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536",
        "127.0.0.1:1 ", "127.0.0.2:0", "[::]:0", "::1:0", "10.0.0.1:80",
        "dns:///127.0.0.1:0", "unix-abstract:x", "127.0.0.1:0,0.0.0.0:0"}) {
    const absl::Status status = Try(address);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("must be unix:PATH, 127.0.0.1:PORT or [::1]:PORT"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(address));
  }
}

TEST_F(AdminServerTest, RefusesAPortThatIsTaken) {
  ASSERT_EQ(Try("127.0.0.1:0"), absl::OkStatus());
  const auto other = AdminServer::Create(registry_, admin_->address());
  EXPECT_EQ(other.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(other.status().message()),
              HasSubstr(admin_->address()));
}

TEST_F(AdminServerTest, RefusesRequestsOfNoSize) {
  AdminOptions options;
  options.max_request_bytes = 0;
  const absl::Status status = Try("127.0.0.1:0", std::move(options));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            "max_request_bytes: must be greater than 0, is 0");
}

TEST_F(AdminServerTest, RefusesARequestThatIsTooLong) {
  AdminOptions options;
  options.max_request_bytes = 100;
  ASSERT_EQ(Try("127.0.0.1:0", std::move(options)), absl::OkStatus());
  EXPECT_TRUE(Answers());
  v1::ListBreakersRequest request;
  request.mutable_filter()->set_method(std::string(100, '*'));
  v1::ListBreakersResponse response;
  EXPECT_EQ(List(request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(AdminServerTest, CreatesADirectoryForItsSocketAndCleansUp) {
  const fs::path directory = folder_ / "own";
  ASSERT_EQ(TryUnix(directory / "admin.sock"), absl::OkStatus());
  EXPECT_EQ(ModeOf(directory), 0700);
  EXPECT_EQ(admin_->address(), "unix:" + (directory / "admin.sock").string());
  EXPECT_TRUE(Answers());
  admin_.reset();
  EXPECT_FALSE(fs::exists(directory));
}

TEST_F(AdminServerTest, ListensOnExactlyThePathThatItGuards) {
  for (const char* name : {"a%41", "a%", "a?b#c", "a b", "\xC3\xA9&=+:;@~"}) {
    ASSERT_EQ(TryUnix(folder_ / name), absl::OkStatus());
    EXPECT_TRUE(fs::is_socket(folder_ / name)) << name;
    EXPECT_TRUE(Answers()) << admin_->address();
    admin_.reset();
    EXPECT_TRUE(fs::is_empty(folder_)) << "it keeps the folder: " << name;
  }
  ASSERT_EQ(TryUnix(folder_ / "a%b"), absl::OkStatus());
  EXPECT_EQ(admin_->address(), "unix:" + folder_.string() + "/a%25b");
}

TEST_F(AdminServerTest, TwoSocketsMayShareADirectory) {
  ASSERT_EQ(TryUnix(folder_ / "a"), absl::OkStatus());
  const auto other =
      AdminServer::Create(registry_, "unix:" + (folder_ / "b").string());
  EXPECT_EQ(other.status(), absl::OkStatus());
  EXPECT_TRUE(Answers());
}

TEST_F(AdminServerTest, RefusesADirectoryThatOthersMayEnter) {
  ASSERT_EQ(chmod(folder_.c_str(), 0750), 0);
  const absl::Status status = TryUnix(folder_ / "admin.sock");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("must be closed to others (mode 0700), its mode is "
                        "0750"));
  EXPECT_FALSE(fs::exists(folder_ / "admin.sock"));
}

TEST_F(AdminServerTest, RefusesADirectoryThatIsALinkOrAFile) {
  fs::create_directory(folder_ / "real");
  fs::create_directory_symlink(folder_ / "real", folder_ / "link");
  const absl::Status link = TryUnix(folder_ / "link" / "s");
  EXPECT_EQ(link.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(link.message()), HasSubstr("no link to one"));
  std::ofstream(folder_ / "file") << "x";
  EXPECT_EQ(TryUnix(folder_ / "file" / "s").code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(TryUnix(folder_ / "not" / "there" / "s").code(),
            absl::StatusCode::kNotFound);
}

TEST_F(AdminServerTest, RemovesASocketThatNobodyListensOn) {
  LeaveSocket(folder_ / "admin.sock");
  ASSERT_EQ(SocketFile::Prepare(folder_ / "admin.sock").status(),
            absl::OkStatus());
  EXPECT_FALSE(fs::exists(folder_ / "admin.sock"));
  LeaveSocket(folder_ / "admin.sock");
  ASSERT_EQ(TryUnix(folder_ / "admin.sock"), absl::OkStatus());
  EXPECT_TRUE(Answers());
}

TEST_F(AdminServerTest, RefusesASocketThatIsInUse) {
  ASSERT_EQ(TryUnix(folder_ / "admin.sock"), absl::OkStatus());
  const auto other = AdminServer::Create(
      registry_, "unix:" + (folder_ / "admin.sock").string());
  EXPECT_EQ(other.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Answers()) << "the first one is still there";
}

TEST_F(AdminServerTest, RefusesToRemoveAFile) {
  std::ofstream(folder_ / "precious") << "x";
  const absl::Status status = TryUnix(folder_ / "precious");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is no socket"));
  EXPECT_TRUE(fs::exists(folder_ / "precious"));
}

TEST_F(AdminServerTest, RefusesAPathThatNoSocketCanHave) {
  const std::string head = folder_.string() + "/";
  const std::string longest =
      head + std::string(SocketFile::kMaxPathBytes - head.size(), 'x');
  EXPECT_EQ(TryUnix(longest), absl::OkStatus());
  const absl::Status status = TryUnix(longest + "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("must be at most 107 bytes, is 108"));
  for (const std::string& path :
       {std::string(), folder_.string() + "/", std::string("a\0b", 3)}) {
    EXPECT_EQ(TryUnix(path).code(), absl::StatusCode::kInvalidArgument) << path;
  }
}

TEST_F(AdminServerTest, KeepsTheSocketOfASuccessor) {
  auto file = SocketFile::Prepare((folder_ / "s").string());
  ASSERT_EQ(file.status(), absl::OkStatus());
  LeaveSocket(folder_ / "s");
  (*file)->Bound();
  fs::rename(folder_ / "s", folder_ / "old");  // keeps its inode from reuse
  LeaveSocket(folder_ / "s");
  file->reset();
  EXPECT_TRUE(fs::exists(folder_ / "s"));
}

}  // namespace
}  // namespace fusebox::internal
