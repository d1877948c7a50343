// SPDX-License-Identifier: Apache-2.0
#include "message_bytes.hpp"
#include "scram.hpp"

#include <set>

namespace tupelo::driver::postgres {
namespace {

using testing::expect_violation;
using testing::failure_of;

// RFC 7677, section 3.
constexpr auto nonce = "rOprNGfwEbeRWgbNEkqO";
constexpr auto server_first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr auto server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

struct scram : ::testing::Test {
  scram_client client{"pencil", nonce, "n,,", "", "user"};
};

TEST_F(scram, the_example_of_the_rfc_comes_out_byte_for_byte) {
  EXPECT_EQ(client.client_first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client.client_final(server_first), "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                               "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  client.check_server_final(server_final);
}

TEST_F(scram, a_server_that_does_not_know_the_password_is_refused) {
  client.client_final(server_first);
  for (const char* proof : {"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95H4=", "v=AAAA", "v=", "v=not base64!",
                            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4"}) {
    EXPECT_EQ(failure_of<connection_error>([&] { client.check_server_final(proof); }).code(),
              errc::authentication_failed)
        << proof;
  }
}

TEST_F(scram, an_error_in_place_of_the_proof_is_reported) {
  client.client_final(server_first);
  const auto e = failure_of<connection_error>([&] { client.check_server_final("e=invalid-proof"); });
  EXPECT_EQ(e.code(), errc::authentication_failed);
  EXPECT_NE(std::string(e.what()).find("invalid-proof"), std::string::npos);
}

TEST_F(scram, a_nonce_that_does_not_go_on_from_the_clients_is_refused) {
  expect_violation([&] { client.client_final("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"); });
  expect_violation([&] { client.client_final("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"); });
  expect_violation([&] { client.client_final("r=rOprNGfwEbeRWgbNEkqO \x01,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"); });
}

TEST_F(scram, absurd_iteration_counts_are_refused) {
  const std::string head = "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=";
  for (const char* count : {"0", "-1", "", "4096x", "99999999999999999999"})
    expect_violation([&] { client.client_final(head + count); });
  EXPECT_EQ(failure_of([&] { client.client_final(head + "1000001"); }).code(), errc::authentication_failed);
}

TEST_F(scram, messages_without_their_attributes_are_refused) {
  for (const char* text :
       {"", "r", "r=", "s=a,i=1", "m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=1", "r=rOprNGfwEbeRWgbNEkqOx,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=***=,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096"}) {
    expect_violation([&] { client.client_final(text); });
  }
}

TEST_F(scram, the_channels_binding_data_is_proved_with_the_password) {
  scram_client bound("pencil", nonce, "p=tls-server-end-point,,", std::string("\0\1\2", 3));
  EXPECT_EQ(bound.client_first(), "p=tls-server-end-point,,n=,r=rOprNGfwEbeRWgbNEkqO");
  // "p=tls-server-end-point,," and the three bytes in base64.
  EXPECT_TRUE(bound.client_final(server_first).starts_with("c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAEC,r="));
}

TEST_F(scram, names_with_commas_and_equals_signs_are_escaped) {
  EXPECT_EQ(scram_client("x", "n", "n,,", "", "a=b,c").client_first(), "n,,n=a=3Db=2Cc,r=n");
}

TEST(prepared_password, ascii_stays_as_it_is) {
  EXPECT_EQ(prepared_password("pen cil\x01"), "pen cil\x01");
  EXPECT_EQ(prepared_password(""), "");
}

// RFC 4013, section 3, and the mappings that it names.
TEST(prepared_password, mappings_and_compatibility_forms_are_applied) {
  EXPECT_EQ(prepared_password("I\u00ADX"), "IX");
  EXPECT_EQ(prepared_password("\u00AA"), "a");
  EXPECT_EQ(prepared_password("\u2168"), "IX");
  EXPECT_EQ(prepared_password("a\u00A0b\u3000c"), "a b c");
  EXPECT_EQ(prepared_password("e\u0301"), "\u00E9");
}

TEST(prepared_password, what_cannot_be_prepared_is_taken_as_bytes) {
  EXPECT_EQ(prepared_password("\xff\xfe"), "\xff\xfe");
  EXPECT_EQ(prepared_password("\u0627\u0031"), "\u0627\u0031") << "right-to-left text ends in a digit";
  EXPECT_EQ(prepared_password("\u0085\u00E9"), "\u0085\u00E9") << "a control character";
  EXPECT_EQ(prepared_password("\u00AD"), "\u00AD") << "nothing is left of it";
  EXPECT_EQ(prepared_password("\U000E0041\u00E9"), "\U000E0041\u00E9") << "a tagging character";
}

TEST(random_nonce, is_printable_and_never_the_same) {
  std::set<std::string> nonces;
  for (int i = 0; i < 100; ++i) nonces.insert(random_nonce());
  EXPECT_EQ(nonces.size(), 100u);
  for (const std::string& n : nonces) {
    EXPECT_EQ(n.size(), 24u);
    EXPECT_EQ(n.find_first_of(",= "), std::string::npos);
  }
}

TEST(md5_answer, is_the_digest_of_digest_and_salt) {
  // md5(md5("secret" "ada") "abcd")
  EXPECT_EQ(md5_answer("ada", "secret", "abcd"), "md506e21122b2c0f4108f95d1329aea56d0");
}

}  // namespace
}  // namespace tupelo::driver::postgres
