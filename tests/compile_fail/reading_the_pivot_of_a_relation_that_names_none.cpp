// SPDX-License-Identifier: Apache-2.0
// expect: pivot\(\) of a tp::many_to_many that does not name the join table's model
// errors: 1
#include <tupelo/model/model.hpp>

namespace tp = tupelo;

struct Tag {
  long id{};
};
struct ArticleTag {
  long article_id{}, tag_id{};
};
struct Article {
  long id{};
#ifdef GOOD
  tp::many_to_many<Tag, ArticleTag> tags;
#else
  tp::many_to_many<Tag> tags;
#endif
};

void use(const Article& article) { static_cast<void>(article.tags.pivot(0)); }
