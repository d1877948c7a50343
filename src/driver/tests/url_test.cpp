// SPDX-License-Identifier: Apache-2.0
#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo::driver {
namespace {

std::string refusal(std::string_view text) {
  try {
    url::parse(text);
  } catch (const configuration_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_url);
    return e.what();
  }
  ADD_FAILURE() << "not refused: " << text;
  return {};
}

TEST(url, all_parts_of_a_server_url_are_found) {
  const url u = url::parse("postgres://ada:secret@db.example.com:5432/shop?sslmode=require&application_name=web");
  EXPECT_EQ(u.scheme(), "postgres");
  EXPECT_TRUE(u.has_authority());
  EXPECT_EQ(u.user(), "ada");
  EXPECT_EQ(u.password(), "secret");
  EXPECT_EQ(u.host(), "db.example.com");
  EXPECT_EQ(u.port(), 5432);
  EXPECT_EQ(u.path(), "/shop");
  ASSERT_EQ(u.options().size(), 2u);
  EXPECT_EQ(*u.option("sslmode"), "require");
  EXPECT_EQ(*u.option("application_name"), "web");
  EXPECT_EQ(u.option("port"), nullptr);
}

TEST(url, three_slashes_are_an_empty_authority_and_a_path) {
  const url u = url::parse("sqlite:///relative.db");
  EXPECT_TRUE(u.has_authority());
  EXPECT_EQ(u.host(), "");
  EXPECT_EQ(u.path(), "/relative.db");
}

TEST(url, without_slashes_everything_up_to_the_question_mark_is_the_path) {
  const url u = url::parse("sqlite::memory:?inline=on");
  EXPECT_FALSE(u.has_authority());
  EXPECT_EQ(u.path(), ":memory:");
  EXPECT_EQ(*u.option("inline"), "on");
}

TEST(url, scheme_is_lower_case) { EXPECT_EQ(url::parse("SQLite::memory:").scheme(), "sqlite"); }

TEST(url, every_part_is_percent_decoded) {
  const url u = url::parse("pg://a%40b:p%3A%2F@h%2Dx/my%20shop?app%3Dname=50%25&empty&x=");
  EXPECT_EQ(u.user(), "a@b");
  EXPECT_EQ(u.password(), "p:/");
  EXPECT_EQ(u.host(), "h-x");
  EXPECT_EQ(u.path(), "/my shop");
  EXPECT_EQ(*u.option("app=name"), "50%");
  EXPECT_EQ(*u.option("empty"), "");
  EXPECT_EQ(*u.option("x"), "");
}

TEST(url, plus_and_hash_stand_for_themselves) {
  const url u = url::parse("pg://ada:c#1+2@host/a+b#c");
  EXPECT_EQ(u.password(), "c#1+2");
  EXPECT_EQ(u.path(), "/a+b#c");
}

TEST(url, password_may_hold_colons_and_unencoded_at_signs) {
  const url u = url::parse("pg://ada:a:b@c@host/x");
  EXPECT_EQ(u.user(), "ada");
  EXPECT_EQ(u.password(), "a:b@c");
  EXPECT_EQ(u.host(), "host");
}

TEST(url, ipv6_host_stands_in_brackets) {
  const url u = url::parse("pg://[::1]:6432/x");
  EXPECT_EQ(u.host(), "::1");
  EXPECT_EQ(u.port(), 6432);
  EXPECT_EQ(url::parse("pg://[fe80::2]/x").port(), 0);
  EXPECT_EQ(u.redacted(), "pg://[::1]:6432/x");
}

TEST(url, several_hosts_are_separated_by_commas_each_with_its_port) {
  const url u = url::parse("pg://ada:a,b@one:5433,[::2]:5434,%2Frun%2Fpg,four/x");
  ASSERT_EQ(u.hosts().size(), 4u);
  EXPECT_EQ(u.password(), "a,b");
  EXPECT_EQ(u.hosts()[0].name, "one");
  EXPECT_EQ(u.hosts()[0].port, 5433);
  EXPECT_EQ(u.hosts()[1].name, "::2");
  EXPECT_EQ(u.hosts()[1].port, 5434);
  EXPECT_EQ(u.hosts()[2].name, "/run/pg");
  EXPECT_EQ(u.hosts()[3].name, "four");
  EXPECT_EQ(u.hosts()[3].port, 0);
  EXPECT_EQ(u.host(), "one");
  EXPECT_EQ(u.port(), 5433);
  EXPECT_EQ(u.redacted(), "pg://ada:***@one:5433,[::2]:5434,%2Frun%2Fpg,four/x");
}

TEST(url, an_encoded_comma_belongs_to_the_host) {
  const url u = url::parse("pg://a%2Cb/x");
  ASSERT_EQ(u.hosts().size(), 1u);
  EXPECT_EQ(u.host(), "a,b");
  EXPECT_EQ(u.redacted(), "pg://a%2Cb/x");
}

TEST(url, an_empty_authority_has_no_hosts_but_a_port_alone_is_one) {
  EXPECT_TRUE(url::parse("pg:///x").hosts().empty());
  EXPECT_TRUE(url::parse("pg://ada@/x").hosts().empty());
  EXPECT_TRUE(url::parse("pg://:/x").hosts().empty());
  const url u = url::parse("pg://:5433,/x");
  ASSERT_EQ(u.hosts().size(), 2u);
  EXPECT_EQ(u.host(), "");
  EXPECT_EQ(u.port(), 5433);
}

TEST(url, redacted_hides_the_password_and_options_that_look_secret) {
  const url u = url::parse("pg://ada:hunter2@h:1/x?sslpassword=hunter3&api_KEY=hunter4&mode=a%26b");
  EXPECT_EQ(u.redacted(), "pg://ada:***@h:1/x?sslpassword=***&api_KEY=***&mode=a%26b");
}

TEST(url, redacted_is_read_as_the_same_options_again) {
  const url u = url::parse("pg://h/x?options=-c%20a%3Db%26c%23d+e%40f%25&na%3Dme=1");
  EXPECT_EQ(u.redacted(), "pg://h/x?options=-c%20a%3Db%26c%23d%2Be%40f%25&na%3Dme=1");
  const url again = url::parse(u.redacted());
  EXPECT_EQ(*again.option("options"), "-c a=b&c#d+e@f%");
  EXPECT_EQ(*again.option("na=me"), "1");
}

TEST(url, redacted_has_no_space_and_is_read_as_the_same_names_again) {
  const url u = url::parse("pg://ada%20l:hunter2@%2Frun%2Fmy%20pg/my%20shop?application_name=a%20b");
  EXPECT_EQ(u.redacted(), "pg://ada%20l:***@%2Frun%2Fmy%20pg/my%20shop?application_name=a%20b");
  const url again = url::parse(u.redacted());
  EXPECT_EQ(again.user(), "ada l");
  EXPECT_EQ(again.host(), "/run/my pg");
  EXPECT_EQ(again.path(), "/my shop");
}

TEST(url, redacted_of_a_url_without_authority_is_the_url) {
  EXPECT_EQ(url::parse("sqlite::memory:?mode=memory").redacted(), "sqlite::memory:?mode=memory");
  EXPECT_EQ(url::parse("sqlite:%2F%2Fx").redacted(), "sqlite:/%2Fx");
}

TEST(url, a_user_in_the_place_of_the_scheme_is_refused_without_the_password) {
  for (const char* text : {"ada:hunter2@h/x", "ada:hunter2@h", "postgresql:ada:hunter2@h/x", "ada:hun?ter2@h/x"}) {
    try {
      url::parse(text);
      ADD_FAILURE() << text;
    } catch (const configuration_error& e) {
      EXPECT_EQ(e.code(), errc::invalid_url);
      const std::string message = e.what();
      EXPECT_NE(message.find("scheme is missing"), std::string::npos) << message;
      EXPECT_EQ(message.find("ter2"), std::string::npos) << message;
    }
  }
  EXPECT_EQ(url::parse("sqlite:ada@home.db").path(), "ada@home.db");
}
TEST(url, text_without_scheme_is_refused_with_the_forms) {
  EXPECT_NE(refusal("shop.db").find("sqlite:///file.db"), std::string::npos);
  refusal("");
  refusal(":memory:");
  refusal("1abc:x");
  refusal("my scheme:x");
}

TEST(url, port_that_is_no_port_is_refused) {
  refusal("pg://h:abc/x");
  refusal("pg://h:0/x");
  refusal("pg://h:65536/x");
  refusal("pg://h:1 /x");
  refusal("pg://[::1]x/y");
  refusal("pg://[::1/y");
  refusal("pg://::1/y");
}

TEST(url, wrong_percent_encoding_is_refused) {
  refusal("pg://h/a%");
  refusal("pg://h/a%4");
  refusal("pg://h/a%zz");
  refusal("pg://h/a%00b");
  refusal("pg://h/a%ff");
}

TEST(url, control_characters_are_refused) {
  refusal("pg://h/x\n");
  refusal(std::string_view("pg://h/\0x", 9));
}

TEST(url, option_that_is_given_twice_is_refused_by_name) {
  EXPECT_NE(refusal("a:x?mode=ro&mode=rw").find("mode"), std::string::npos);
  refusal("a:x?=1");
}

TEST(url, password_with_an_unencoded_slash_is_refused_and_not_shown) {
  const std::string message = refusal("pg://ada:12/hunter2@host/x");
  EXPECT_EQ(message.find("hunter2"), std::string::npos);
  EXPECT_NE(message.find("%2F"), std::string::npos);
  EXPECT_EQ(refusal("pg://ada:12?hunter2@host/x").find("hunter2"), std::string::npos);
}

TEST(url, password_with_an_unencoded_slash_is_refused_also_behind_an_unencoded_at_sign) {
  for (const char* text : {"pg://ada:12@34/hunter2@host/x", "pg://ada:12@34?hunter2@host/x",
                           "pg://ada:12@/hunter2@host", "pg://ada@12/hunter2@host/x"}) {
    EXPECT_EQ(refusal(text).find("hunter2"), std::string::npos) << text;
  }
  EXPECT_EQ(url::parse("pg://ada:12@host/a%40b?c%40d=e@f").path(), "/a@b");
}

TEST(url, keywords_are_a_postgresql_url_with_these_options) {
  const url u = url::parse(" host = db.example.com\tdbname='my \\'shop\\''\npassword=hunter2 pool_size=3");
  EXPECT_EQ(u.scheme(), "postgresql");
  EXPECT_TRUE(u.has_authority());
  ASSERT_EQ(u.options().size(), 4u);
  EXPECT_EQ(*u.option("host"), "db.example.com");
  EXPECT_EQ(*u.option("dbname"), "my 'shop'");
  EXPECT_EQ(*u.option("pool_size"), "3");
  EXPECT_EQ(u.redacted(), "postgresql://?host=db.example.com&dbname=my%20'shop'&password=***&pool_size=3");
}

TEST(url, keywords_with_a_mistake_are_refused) {
  refusal("host=db port");
  refusal("host=db port=1 port=2");
  refusal("host='db");
  refusal("host=db user=\xff");
  refusal("host='a\nb'");
}

TEST(url, remembers_what_options_are_for_others) {
  url u = url::parse("x://h/d?pool_size=3&mode=ro");
  std::string value;
  EXPECT_TRUE(u.take_option("pool_size", value));
  EXPECT_FALSE(u.take_option("min_idle", value));
  EXPECT_EQ(u.keys_of_others(), (std::vector<std::string>{"pool_size", "min_idle"}));
}

TEST(url, no_message_shows_a_password) {
  for (const char* text : {"pg://ada:hunter2%@h/x", "pg://ada:hunter2@h:99999/x", "pg://ada:hunter2@h/x?a=1&a=2",
                           "password='hunter2", "password=hunter2 port", "ada@h:hunter2 x=b"}) {
    EXPECT_EQ(refusal(text).find("hunter2"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tupelo::driver
