// reach_test.cc: which options of TLS and metadata are valid, and what a failed
// call says about them.

#include "tools/admin/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/tools/certificates.h"
#include "tools/admin/metadata.h"

namespace fusebox::tool {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

std::string WriteFile(const std::string& name, const std::string& text) {
  const std::string path =
      testing::TempDir() + std::to_string(getpid()) + "." + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

// Reads the options with this environment.
absl::StatusOr<std::shared_ptr<const Reach>> Read(
    const ReachOptions& options,
    const std::map<std::string, std::string>& environment = {}) {
  return ReadReach(options, [&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

std::string ErrorOf(
    const ReachOptions& options,
    const std::map<std::string, std::string>& environment = {}) {
  const auto reach = Read(options, environment);
  EXPECT_FALSE(reach.ok());
  return std::string(reach.status().message());
}

std::string HeaderError(const std::string& text) {
  const auto header = ParseHeader(text);
  EXPECT_FALSE(header.ok()) << text;
  return std::string(header.status().message());
}

TEST(ReadReach, WithoutOptionsUsesNeitherTlsNorMetadata) {
  const auto reach = Read({});
  ASSERT_TRUE(reach.ok()) << reach.status();
  EXPECT_FALSE((*reach)->tls);
  EXPECT_THAT((*reach)->metadata, IsEmpty());
}

TEST(ReadReach, EachOptionOfTlsImpliesIt) {
  ReachOptions ca;
  ca.ca = WriteFile("root", kRoot);
  ReachOptions cert;
  cert.cert = WriteFile("cert", kClientCert);
  cert.cert_key = WriteFile("key", kClientKey);
  ReachOptions name;
  name.server_name = "cart.internal";
  ReachOptions tls;
  tls.tls = true;
  for (const ReachOptions& options : {ca, cert, name, tls}) {
    const auto reach = Read(options, {{"FUSEBOX_TLS", "0"}});
    ASSERT_TRUE(reach.ok()) << reach.status();
    EXPECT_TRUE((*reach)->tls);
  }
}

TEST(ReadReach, AnOptionWinsOverTheEnvironment) {
  const std::map<std::string, std::string> environment = {
      {"FUSEBOX_TLS", "1"},
      {"FUSEBOX_CA", WriteFile("root", kRoot)},
      {"FUSEBOX_CERT", WriteFile("cert", kClientCert)},
      {"FUSEBOX_CERT_KEY", WriteFile("key", kClientKey)},
      {"FUSEBOX_SERVER_NAME", "cart.internal"},
      {"FUSEBOX_HEADERS", "a: 1\n\n b:2 \r\n"}};
  const auto from_environment = Read({}, environment);
  ASSERT_TRUE(from_environment.ok()) << from_environment.status();
  EXPECT_TRUE((*from_environment)->tls);
  EXPECT_EQ((*from_environment)->roots, kRoot);
  EXPECT_EQ((*from_environment)->certs, kClientCert);
  EXPECT_EQ((*from_environment)->private_key, kClientKey);
  EXPECT_EQ((*from_environment)->server_name, "cart.internal");
  EXPECT_THAT((*from_environment)->metadata,
              ElementsAre(Pair("a", "1"), Pair("b", "2")));

  ReachOptions options;
  options.ca = WriteFile("stranger", kStranger);
  options.cert = WriteFile("server", kServerCert);
  options.cert_key = WriteFile("server_key", kServerKey);
  options.server_name = "shop.internal";
  options.headers = {"c: 3"};
  const auto given = Read(options, environment);
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ((*given)->roots, kStranger);
  EXPECT_EQ((*given)->certs, kServerCert);
  EXPECT_EQ((*given)->private_key, kServerKey);
  EXPECT_EQ((*given)->server_name, "shop.internal");
  EXPECT_THAT((*given)->metadata, ElementsAre(Pair("c", "3")));

  ReachOptions plain;
  plain.tls = false;
  const auto without = Read(plain, environment);
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_FALSE((*without)->tls);
  EXPECT_FALSE((*Read({}, {{"FUSEBOX_TLS", "0"}}))->tls);
}

TEST(ReadReach, ErrorsNameTheOptionOrTheVariableAndWhatWouldBeRight) {
  ReachOptions options;
  options.ca = "/nowhere/ca.pem";
  EXPECT_THAT(ErrorOf(options), HasSubstr("--ca: \"/nowhere/ca.pem\" cannot be "
                                          "read: No such file"));
  options.ca = testing::TempDir();
  EXPECT_THAT(ErrorOf(options), HasSubstr("cannot be read: Is a directory"));
  options.ca = WriteFile("ca.der", "0\x82\x01");
  EXPECT_THAT(ErrorOf(options),
              HasSubstr("must be a PEM file with a block that begins with "
                        "\"-----BEGIN CERTIFICATE-----\""));
  options.ca = WriteFile("cut", std::string(kRoot).substr(0, 200));
  EXPECT_THAT(ErrorOf(options), HasSubstr("must be a PEM file"));
  options.ca = WriteFile("big", std::string((1 << 20) + 1, ' '));
  EXPECT_THAT(ErrorOf(options), HasSubstr("must have at most 1 MiB"));
  EXPECT_THAT(ErrorOf({}, {{"FUSEBOX_CA", "/nowhere"}}),
              HasSubstr("FUSEBOX_CA: \"/nowhere\" cannot be read"));

  ReachOptions cert;
  cert.cert = WriteFile("cert", kClientCert);
  EXPECT_THAT(ErrorOf(cert),
              AllOf(HasSubstr("--cert: needs the private key"),
                    HasSubstr("--cert-key FILE or set FUSEBOX_CERT_KEY")));
  EXPECT_THAT(ErrorOf({}, {{"FUSEBOX_CERT_KEY", "x"}}),
              HasSubstr("FUSEBOX_CERT_KEY: needs the certificate"));
  cert.cert_key = cert.cert;
  EXPECT_THAT(ErrorOf(cert), AllOf(HasSubstr("--cert-key: "),
                                   HasSubstr("-----BEGIN PRIVATE KEY-----")));
  cert.cert_key = WriteFile("encrypted",
                            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                            "-----END ENCRYPTED PRIVATE KEY-----\n");
  EXPECT_THAT(ErrorOf(cert), HasSubstr("without a passphrase"));

  ReachOptions name;
  for (const std::string wrong : {"", "a b", "cart/internal"}) {
    name.server_name = wrong;
    EXPECT_THAT(ErrorOf(name), AllOf(HasSubstr("--server-name: must be a name"),
                                     HasSubstr("is \"" + wrong + "\"")));
  }
  EXPECT_EQ(ErrorOf({}, {{"FUSEBOX_TLS", "yes"}}),
            "FUSEBOX_TLS: must be 1 or 0, is \"yes\"");
  name.tls = false;
  EXPECT_THAT(ErrorOf(name), HasSubstr("--tls=false: "));
}

TEST(ParseHeader, ReadsTextAndBase64) {
  EXPECT_EQ(*ParseHeader("authorization: Bearer a:b"),
            Header("authorization", "Bearer a:b"));
  EXPECT_EQ(*ParseHeader(" x-1_2.3 :  "), Header("x-1_2.3", ""));
  EXPECT_EQ(*ParseHeader("trace-bin: AAH/"),
            Header("trace-bin", std::string("\0\1\xff", 3)));
}

TEST(ParseHeader, SaysWhatWouldBeRightAndNoSecret) {
  struct Case {
    std::string text;
    std::string problem;
  };
  const Case cases[] = {
      {"s3cret", "must be \"name: value\", has no \":\""},
      {": s3cret", "must have a name before \":\""},
      {"Authorization: s3cret", "such as \"authorization\""},
      {"bearer s3cret: x", "character 7 is none of these"},
      {"grpc-timeout: s3cret", "\"grpc-timeout\", which gRPC sets itself"},
      {"user-agent: s3cret", "\"user-agent\", which gRPC sets itself"},
      {"x-bin: s3cret!", "\"x-bin\" must have a base64 value"},
      {"x: s3cret\x07",
       "\"x\" must have a value of printable ASCII "
       "characters; byte 7 of it is another"},
      {"x: s3cret\xc3\xa4", "byte 7"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(HeaderError(c.text),
                AllOf(HasSubstr(c.problem), Not(HasSubstr("s3cret"))));
  }
}

TEST(ReadMetadata, ReadsLinesOfAFile) {
  const std::string path = WriteFile("headers", "a: 1\n\nb: 2\n");
  const auto metadata = ReadMetadata({"c: 3", "@" + path}, "d: 4");
  ASSERT_TRUE(metadata.ok()) << metadata.status();
  EXPECT_THAT(*metadata,
              ElementsAre(Pair("c", "3"), Pair("a", "1"), Pair("b", "2")));
}

TEST(ReadMetadata, ErrorsNameThePlace) {
  const auto error = [](const std::vector<std::string>& given,
                        const char* variable) {
    return std::string(ReadMetadata(given, variable).status().message());
  };
  const std::string path = WriteFile("wrong", "a: 1\nB: s3cret\n");
  EXPECT_THAT(error({"@" + path}, nullptr),
              HasSubstr("-H: \"" + path + "\" line 2: must have a name"));
  EXPECT_THAT(error({"@/nowhere"}, nullptr),
              HasSubstr("-H: \"/nowhere\" cannot be read: No such file"));
  EXPECT_THAT(error({"a: 1", "b"}, nullptr),
              HasSubstr("-H: header 2 must be \"name: value\""));
  EXPECT_THAT(error({}, "a: 1\nb"),
              HasSubstr("FUSEBOX_HEADERS line 2: must be \"name: value\""));
}

TEST(ReachHint, IsOnlyForFailuresOfTheConnection) {
  Reach tls;
  tls.tls = true;
  const auto hint = [](const std::string& message, const Reach& reach,
                       grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE) {
    return ReachHint(grpc::Status(code, message), reach);
  };
  const std::string closed =
      "failed to connect to all addresses; last error: Socket closed";
  EXPECT_THAT(hint("Socket closed", tls), IsEmpty());
  EXPECT_THAT(hint(closed, tls, grpc::StatusCode::INTERNAL), IsEmpty());
  EXPECT_THAT(hint("Connection refused", {}), IsEmpty());
  EXPECT_THAT(hint(closed, {}), HasSubstr("expects TLS"));
  EXPECT_THAT(hint(closed, tls), HasSubstr("expects a client certificate"));
  tls.certs = kClientCert;
  EXPECT_THAT(hint(closed, tls), HasSubstr("refuses the client certificate"));
  EXPECT_THAT(
      hint("SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED", tls),
      HasSubstr("no root of this system signed it"));
}

}  // namespace
}  // namespace fusebox::tool
