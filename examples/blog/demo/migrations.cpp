// SPDX-License-Identifier: Apache-2.0
#include "../models.hpp"
#include "../next/models.hpp"
#include "fingerprint.hpp"
#include "source_texts.hpp"
#include "story.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/migration_record.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/models.hpp>

#include <fstream>

namespace demo {

namespace next = blog::v2;

namespace {

constexpr std::string_view first_revision = "20261121T090000_create_the_blog";
constexpr std::string_view second_revision = "20261128T090000_publish_on_time";

/// The migrations of this program, or only the first: the project as it is before its second migration is built in.
tp::history project(bool with_second) {
  std::vector<tp::migration> files;
  for (const tp::migration& file : tp::registered_migrations()) {
    if (file.revision == first_revision || (with_second && file.revision == second_revision)) files.push_back(file);
  }
  return tp::history(files);
}

tp::model_schema models_now() {
  return tp::schema_of<blog::User, blog::Profile, blog::Post, blog::Comment, blog::Tag, blog::PostTag>();
}
tp::model_schema models_next() {
  return tp::schema_of<next::User, next::Profile, next::Post, next::Comment, next::Tag, next::PostTag>();
}

std::string canonical(const std::vector<tp::schema_operation>& operations) {
  std::string out;
  for (const tp::schema_operation& operation : operations) out += operation.canonical() + "\n";
  return out;
}

/// What `db migrate` does: the file for what the models want and the migrations have not built.
tp::migration_source write_migration(stage& on, std::string_view revision, const tp::model_schema& wanted,
                                     const tp::history& known, const std::filesystem::path& folder) {
  on.listen();
  const std::vector<tp::schema_operation> operations = tp::migrate::check(wanted, known);
  std::vector<std::string> parents;
  if (!known.empty()) parents.emplace_back(known.head());
  tp::migration_source made = tp::generate_migration(revision, parents, operations);
  const std::int64_t took = on.elapsed_us();
  std::filesystem::create_directories(folder);
  std::ofstream(folder / made.file_name) << made.text;
  on.say("migrations/" + made.file_name + ", generated in " + milliseconds(took) + ":");
  on.listing(made.text);

  // In a project the file is compiled from here on; this program has been built with it beforehand.
  const tp::history built = project(true);
  const tp::schema_definition before = known.empty() ? tp::schema_definition() : tp::migrate::recorded_schema(known);
  on.promise(canonical(tp::record_migration(built.at(revision).up, before).operations()) == canonical(operations),
             "the file of this name that was compiled into the demo does exactly the same");
  return made;
}

void show_history(stage& on, const tp::migrate::status_report& status) {
  std::vector<std::vector<cell>> rows;
  for (const tp::migrate::revision_status& revision : status.revisions) {
    rows.push_back({cell_of(revision.revision), cell_of(tp::migrate::name_of(revision.now)),
                    cell_of(revision.applied_us ? milliseconds(revision.duration_us) : std::string("–"))});
  }
  on.table({"revision", "state", "took"}, rows);
}

tp::task<std::vector<fingerprint>> fingerprints(tp::database& db) {
  using namespace blog;
  std::vector<fingerprint> all;
  all.push_back(co_await fingerprint_of(db, "users", tp::col<&User::id>, tp::col<&User::email>, tp::col<&User::name>,
                                        tp::col<&User::role>, tp::col<&User::created_at>, tp::col<&User::updated_at>,
                                        tp::col<&User::deleted_at>));
  all.push_back(co_await fingerprint_of(db, "profiles", tp::col<&Profile::user_id>, tp::col<&Profile::website>,
                                        tp::col<&Profile::address, &Address::city>,
                                        tp::col<&Profile::address, &Address::country>, tp::col<&Profile::newsletter>,
                                        tp::col<&Profile::born_on>));
  all.push_back(co_await fingerprint_of(db, "posts", tp::col<&Post::id>, tp::col<&Post::author_id>,
                                        tp::col<&Post::title>, tp::col<&Post::body>, tp::col<&Post::status>,
                                        tp::col<&Post::views>, tp::col<&Post::meta>, tp::col<&Post::created_at>,
                                        tp::col<&Post::updated_at>, tp::col<&Post::version>));
  all.push_back(co_await fingerprint_of(db, "comments", tp::col<&Comment::id>, tp::col<&Comment::post_id>,
                                        tp::col<&Comment::author_id>, tp::col<&Comment::text>, tp::col<&Comment::likes>,
                                        tp::col<&Comment::created_at>));
  all.push_back(co_await fingerprint_of(db, "tags", tp::col<&Tag::id>, tp::col<&Tag::name>));
  all.push_back(co_await fingerprint_of(db, "post_tags", tp::col<&PostTag::post_id>, tp::col<&PostTag::tag_id>));
  co_return all;
}

/// The rows of the posts under their new names.
tp::task<fingerprint> fingerprint_of_next_posts(tp::database& db) {
  using next::Post;
  co_return co_await fingerprint_of(db, "posts", tp::col<&Post::id>, tp::col<&Post::author_id>, tp::col<&Post::title>,
                                    tp::col<&Post::content>, tp::col<&Post::status>, tp::col<&Post::views>,
                                    tp::col<&Post::meta>, tp::col<&Post::created_at>, tp::col<&Post::updated_at>,
                                    tp::col<&Post::version>);
}

}  // namespace

tp::task<void> found_the_database(stage& on, tp::database& db, const std::filesystem::path& folder) {
  on.chapter("Six structs");
  on.say("A model is a plain struct: nothing to inherit from, no macro, no code generator. This is one of the six in "
         "examples/blog/models.hpp:");
  constexpr std::string_view models = models_text;
  const std::size_t begin = models.find("struct Post {");
  on.listing(models.substr(begin, models.find("\n};", begin) + 4 - begin));

  on.chapter("The first migration writes itself");
  on.say("`manage db migrate \"create the blog\"` compares the structs with what the migrations build so far, which is "
         "nothing, and writes the difference as C++ for you to read, edit and commit.");
  const tp::history none(std::vector<tp::migration>{});
  write_migration(on, first_revision, models_now(), none, folder);

  on.say("`manage db upgrade` applies it, in a transaction:");
  const tp::history first = project(false);
  const tp::migrate::options options(first);
  co_await tp::migrate::upgrade(db, "head", options);
  show_history(on, co_await tp::migrate::status(db, options));
  on.promise((co_await tp::introspect(db)).tables.size() == 6, "the database has six tables");
  on.promise((co_await tp::migrate::drift(db, options)).empty(),
             "read back from the database, they are what the models say");
}

tp::task<void> change_a_model(stage& on, tp::database& db, const std::filesystem::path& folder) {
  on.chapter("The models change");
  on.say("A week later: users want a biography, posts are to be published at a time, `body` was the wrong name, and a "
         "post "
         "without a title should not be possible. We edit the structs:");
  // From the first struct on: what is before differs only because both versions live side by side here.
  const auto structs_of = [](std::string_view text) {
    const std::size_t first = text.find("struct User {");
    return text.substr(first, text.find("}  // namespace") - first);
  };
  on.changes(structs_of(models_text), structs_of(next_models_text));
  on.say("`manage db check` would now fail in CI: models and migrations differ. So `manage db migrate \"publish on "
         "time\"` "
         "writes");
  const tp::migration_source made = write_migration(on, second_revision, models_next(), project(false), folder);
  on.promise(made.text.find("rename_column(\"body\", \"content\")") != std::string::npos,
             "thanks to the hint renamed_from(\"body\") the column is renamed, not dropped");
  on.say(std::string(
             "A project would be rebuilt here, to have the new file in its tool; this demo was built with it. Then "
             "`manage db upgrade`.") +
         (db.sql_dialect().name() == "sqlite"
              ? " SQLite cannot add a check to a table that exists: Tupelo rebuilds the "
                "table around its rows."
              : ""));

  std::vector<fingerprint> before = co_await fingerprints(db);
  const tp::history both = project(true);
  const tp::migrate::options options(both);
  on.listen();
  const tp::migrate::report up = co_await tp::migrate::upgrade(db, "head", options);
  const std::size_t statements = on.heard().size();
  show_history(on, co_await tp::migrate::status(db, options));
  on.promise(up.steps.size() == 1 && statements > 0,
             "one migration applied, " + std::to_string(statements) + " statements in all");
  on.promise((co_await tp::migrate::drift(db, options)).empty(), "the database is what the new models say");
  const fingerprint renamed = co_await fingerprint_of_next_posts(db);
  on.promise(renamed == before[2], "every post is there under the new names, byte for byte");

  DEMO_QUERY(on, dated, "The new columns work at once: published posts get the date on which they were written",
             db.update<next::Post>()
                 .set(tp::col<&next::Post::published_at>, tp::col<&next::Post::created_at>)
                 .where(tp::col<&next::Post::status> == next::Status::published)
                 .run());
  on.promise(dated == co_await db.query<next::Post>().where(tp::col<&next::Post::published_at>.is_not_null()).count(),
             grouped(dated) + " posts have a date");
  before[2] = co_await fingerprint_of_next_posts(db);  // the update counted their versions
  std::string refused;
  try {
    next::Post untitled;
    untitled.author_id = 1;
    co_await db.insert(untitled);
  } catch (const tp::check_violation& violation) {
    refused = violation.constraint();
  }
  on.promise(refused == "title_is_said", "a post without a title is refused by the check `title_is_said`");

  on.chapter("And back again");
  on.say(
      "A bad release? `manage db downgrade` takes the last migration back: its `down` was generated too. What only the "
      "new columns knew goes with them; everything else has to be as it was.");
  co_await tp::migrate::downgrade(db, "-1", options);
  show_history(on, co_await tp::migrate::status(db, options));
  const std::vector<fingerprint> after = co_await fingerprints(db);
  std::vector<std::vector<cell>> rows;
  for (std::size_t i = 0; i < before.size(); ++i) {
    rows.push_back({cell_of(before[i].table), cell_of(before[i].rows), cell_of(after[i].rows), cell_of(before[i].hex()),
                    cell_of(after[i].hex())});
  }
  on.table({"table", "rows before", "rows after", "checksum before", "checksum after"}, rows);
  on.promise(before == after, "up and down again, and not a byte is lost");
  const tp::history first = project(false);
  on.promise(tp::migrate::check(models_now(), first).empty() &&
                 (co_await tp::migrate::drift(db, tp::migrate::options(first))).empty(),
             "models, migrations and database agree again");
}

}  // namespace demo
