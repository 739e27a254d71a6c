// tls_test.cc: the tool reaches processes over TLS and sends metadata, and says
// why it cannot.

#include <gmock/gmock.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fusebox/admin/options.h"
#include "fusebox/admin/service.h"
#include "fusebox/registry/registry.h"
#include "tests/tools/certificates.h"
#include "tests/tools/process.h"
#include "tests/tools/pty.h"
#include "tests/tools/scripted_process.h"
#include "tests/tools/tls_process.h"

namespace fusebox {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class Tls : public testing::Test {
 protected:
  // Lists the breakers of the process with these options.
  static Finished List(const std::string& address,
                       std::vector<std::string> options) {
    options.insert(options.begin(), {"list", "--admin", address});
    return RunTool(options);
  }

  // Expects that the tool cannot reach the process, for this reason.
  static void ExpectUnreachable(const std::string& address,
                                const std::vector<std::string>& options,
                                const std::string& reason,
                                const std::string& hint) {
    const Finished list = List(address, options);
    EXPECT_EQ(list.exit_code, 1);
    EXPECT_THAT(list.out, IsEmpty());
    EXPECT_THAT(list.err, AllOf(testing::StartsWith("fusebox list: " + address +
                                                    ": UNAVAILABLE: "),
                                HasSubstr(reason),
                                testing::EndsWith(" (" + hint + ")\n")));
    EXPECT_EQ(list.err.find('\n'), list.err.size() - 1) << list.err;
  }

  const std::string root_ = WriteFile("root.pem", kRoot);
  const std::string cert_ = WriteFile("client.pem", kClientCert);
  const std::string key_ = WriteFile("client.key", kClientKey);
  const std::vector<std::string> trust_ = {"--ca", root_, "--server-name",
                                           "cart.internal"};
};

TEST_F(Tls, ReachesAProcessWhoseRootIsGiven) {
  const TlsProcess process;
  const Finished list = List(process.address(), trust_);
  EXPECT_EQ(list.exit_code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("/s/M"));
  EXPECT_THAT(list.err, IsEmpty());
}

TEST_F(Tls, ReachesASocket) {
  const std::string socket =
      "unix:/tmp/fusebox_tls." + std::to_string(getpid());
  const TlsProcess process(TlsProcess::Clients::kNeedNoCertificates, socket);
  EXPECT_THAT(List(socket, trust_).out, HasSubstr("/s/M"));
  ExpectUnreachable(
      socket, {"--ca", root_}, "Peer name localhost is not in peer certificate",
      "--server-name must be a name in the certificate of the process");
}

TEST_F(Tls, ShowsTheClientCertificate) {
  const TlsProcess process(TlsProcess::Clients::kNeedCertificates);
  std::vector<std::string> options = trust_;
  options.insert(options.end(), {"--cert", cert_, "--cert-key", key_});
  EXPECT_THAT(List(process.address(), options).out, HasSubstr("/s/M"));
  ExpectUnreachable(process.address(), trust_, "failed to connect",
                    "perhaps the process expects a client certificate: --cert "
                    "and --cert-key");
  options.back() = WriteFile("other.key", kServerKey);
  ExpectUnreachable(process.address(), options, "empty address list",
                    "the client certificate and its private key do not fit, or "
                    "a certificate cannot be read");
}

TEST_F(Tls, SaysThatNoRootSignedTheCertificate) {
  const TlsProcess process;
  const std::string stranger = WriteFile("stranger.pem", kStranger);
  ExpectUnreachable(process.address(),
                    {"--ca", stranger, "--server-name", "cart.internal"},
                    "certificate verify failed",
                    "the certificate of the process is not valid now, or no "
                    "root in " +
                        stranger + " signed it");
  ExpectUnreachable(process.address(), {"--tls"}, "certificate verify failed",
                    "the certificate of the process is not valid now, or no "
                    "root of this system signed it; --ca names others");
}

TEST_F(Tls, SaysThatTheCertificateIsForAnotherName) {
  const TlsProcess process;
  ExpectUnreachable(
      process.address(), {"--ca", root_, "--server-name", "shop.internal"},
      "Peer name shop.internal is not in peer certificate",
      "--server-name must be a name in the certificate of the process");
}

TEST_F(Tls, SaysThatOneSideHasNoTls) {
  const TlsProcess plain(TlsProcess::Clients::kUseNoTls);
  ExpectUnreachable(plain.address(), trust_, "Ssl handshake failed",
                    "the process answered without TLS");
  const TlsProcess process;
  ExpectUnreachable(process.address(), {}, "failed to connect",
                    "perhaps the process expects TLS: try --tls or --ca");
}

TEST_F(Tls, TakesEachOptionFromTheEnvironment) {
  const TlsProcess process(TlsProcess::Clients::kNeedCertificates);
  const Finished list =
      RunShell("FUSEBOX_CA=" + root_ +
               " FUSEBOX_SERVER_NAME=cart.internal FUSEBOX_CERT=" + cert_ +
               " FUSEBOX_CERT_KEY=" + key_ +
               " FUSEBOX_HEADERS=$'a: 1\\nb: 2' $FUSEBOX list --admin " +
               process.address());
  EXPECT_THAT(list.out, HasSubstr("/s/M")) << list.err;
  EXPECT_THAT(process.metadata(),
              AllOf(Contains(Pair("a", "1")), Contains(Pair("b", "2"))));
  const Finished tls =
      RunShell("FUSEBOX_TLS=1 $FUSEBOX list --admin " + process.address());
  EXPECT_THAT(tls.err, HasSubstr("certificate verify failed"));
}

TEST_F(Tls, EveryCommandSendsTheMetadata) {
  TlsProcess process;
  std::vector<std::string> common = {"--admin", process.address(), "-H",
                                     "authorization: Bearer s3cret"};
  common.insert(common.end(), trust_.begin(), trust_.end());
  const std::string config = WriteFile("config.json", "{}");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"list"},
                                             {"get", "/s/M"},
                                             {"events"},
                                             {"mode", "clear", "*"},
                                             {"reset", "*"},
                                             {"config", "get"},
                                             {"config", "update", config}}) {
    (void)List(process.address(), trust_);  // forgets the metadata before
    EXPECT_THAT(process.metadata(),
                Not(Contains(Pair("authorization", testing::_))));
    std::vector<std::string> line = command;
    line.insert(line.end(), common.begin(), common.end());
    const Finished finished = RunTool(line);
    EXPECT_THAT(process.metadata(),
                Contains(Pair("authorization", "Bearer s3cret")))
        << finished.err;
    EXPECT_THAT(finished.out + finished.err, Not(HasSubstr("s3cret")));
  }
  (void)List(process.address(), trust_);
  std::vector<std::string> line = {"watch"};
  line.insert(line.end(), common.begin(), common.end());
  Pty watch(line);
  watch.AwaitText("/s/M");
  EXPECT_THAT(process.metadata(),
              Contains(Pair("authorization", "Bearer s3cret")));
}

// docs/operating.md shows a part of it.
TEST_F(Tls, TheHookCanDecideByTheClientCertificate) {
  const std::shared_ptr<Registry> registry = Registry::Create();
  const auto breaker = registry->FindBreaker("", "/s/M");
  const std::string address =
      "unix:/tmp/fusebox_operators." + std::to_string(getpid());
  const std::string operators_root = kRoot;
  const std::string server_key = kServerKey;
  const std::string server_cert = kServerCert;
  std::vector<std::string> options_of_tool = trust_;
  options_of_tool.insert(options_of_tool.end(),
                         {"--cert", cert_, "--cert-key", key_});
  for (const bool allowed : {false, true}) {
    const std::set<std::string> operators = {allowed ? "Fusebox test client"
                                                     : "Ada"};
    grpc::ServerBuilder builder;
    // clang-format off
    grpc::SslServerCredentialsOptions tls(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = operators_root;  // it signs the client certificates
    tls.pem_key_cert_pairs.push_back({server_key, server_cert});
    builder.AddListeningPort(address, grpc::SslServerCredentials(tls));

    fusebox::AdminOptions options;
    options.read_only = false;
    options.authorize = [operators](const fusebox::AdminCall& call) {
      const auto names = call.context.auth_context()->FindPropertyValues(
          GRPC_X509_CN_PROPERTY_NAME);
      return !names.empty() && operators.count(std::string(names[0].data(),
                                                           names[0].size())) > 0
                 ? grpc::Status::OK
                 : grpc::Status(grpc::StatusCode::PERMISSION_DENIED,
                                "only operators may call this");
    };
    auto admin = fusebox::AddBreakerAdmin(&builder, registry, options);
    // clang-format on
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    const Finished list = List(address, options_of_tool);
    EXPECT_EQ(list.exit_code, allowed ? 0 : 1);
    EXPECT_THAT(allowed ? list.out : list.err,
                HasSubstr(allowed ? "/s/M" : "only operators may call this"));
  }
}

TEST_F(Tls, OnTheWholeTerminalOnlyTheToolWrites) {
  const TlsProcess process;
  Pty watch({"watch", "--admin", process.address(), "--tls"});
  watch.AwaitText("connecting ... UNAVAILABLE");
  watch.AwaitText("q quit");
  EXPECT_FALSE(watch.Shows("ssl_transport_security"));
  watch.Type("q");
  EXPECT_EQ(watch.AwaitExit(), 0);
}

TEST_F(Tls, ReportsWrongOptionsAndCallsNobody) {
  ScriptedProcess process("tls");
  struct Case {
    std::vector<std::string> options;
    std::string problem;
  };
  const Case cases[] = {
      {{"--ca", "/nowhere"}, "--ca: \"/nowhere\" cannot be read"},
      {{"--ca", ""}, "--ca: \"\" cannot be read"},
      {{"--cert", cert_}, "--cert: needs the private key"},
      {{"--cert-key", key_}, "--cert-key: needs the certificate"},
      {{"--server-name", "a b"}, "--server-name: must be a name"},
      {{"--tls=false", "--ca", root_}, "--tls=false: "},
      {{"-H", "s3cret"}, "-H: header 1 must be \"name: value\""},
      {{"--header", "X: s3cret"}, "such as \"x\""},
  };
  for (const Case& c : cases) {
    for (const char* const command : {"list", "watch", "dashboard"}) {
      std::vector<std::string> line = {command, "--admin", process.address()};
      line.insert(line.end(), c.options.begin(), c.options.end());
      const Finished finished = RunTool(line);
      EXPECT_EQ(finished.exit_code, 2) << testing::PrintToString(line);
      EXPECT_THAT(finished.err,
                  AllOf(testing::StartsWith("fusebox " + std::string(command)),
                        HasSubstr(c.problem), Not(HasSubstr("s3cret"))));
    }
  }
  EXPECT_EQ(process.CallsOf("ListBreakers"), 0u);
}

}  // namespace
}  // namespace fusebox
