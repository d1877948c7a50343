// SPDX-License-Identifier: Apache-2.0
#include "peer.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  soci::session session(soci::postgresql, argv[1]);
  long long key = 0, id = 0;
  std::string email;
  int age = 0, active = 0;
  double score = 0;
  soci::indicator age_indicator = soci::i_null;
  // SOCI 4.0 has no bool.
  soci::statement statement =
      (session.prepare << "SELECT id, email, age, active::int, score FROM bench_people WHERE id = :id", soci::use(key),
       soci::into(id), soci::into(email), soci::into(age, age_indicator), soci::into(active), soci::into(score));
  return measure(argc, argv, [&](std::int64_t wanted) {
    key = wanted;
    if (!statement.execute(true)) std::exit(1);
    Person person;
    person.id = id;
    person.email = email;
    if (age_indicator == soci::i_ok) person.age = age;
    person.active = active != 0;
    person.score = score;
    return person;
  });
}
