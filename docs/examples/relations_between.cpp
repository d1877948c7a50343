// SPDX-License-Identifier: Apache-2.0
#include "example_place.hpp"

#include <gtest/gtest.h>

namespace tp = tupelo;

namespace photo_album {

struct Post;
struct Comment;
struct Photo;
struct Tag;

struct User {
  std::int64_t id{};
  std::string name;
  tp::has_many<Post> posts;
  tp::has_many<Comment> comments;  // on the user's posts, whoever wrote them

  static void model(tp::model<User>& m) {
    m.has_many(&User::posts, "user_id");
    m.has_many(&User::comments).through(&User::posts, "comments");  // by the name of the field: Post is incomplete here
  }
};

struct Post {
  std::int64_t id{};
  std::int64_t user_id{};
  std::string title;
  tp::belongs_to<User> user;
  tp::has_many<Comment> comments;
  tp::has_many<Photo> photos;
  tp::many_to_many<Tag> tags;

  static void model(tp::model<Post>& m) {
    m.belongs_to(&Post::user, &Post::user_id);
    m.has_many(&Post::comments, "post_id");
    m.has_many(&Post::photos).as("of_type", "of_id");  // columns of Photo: which model, and its key
    m.many_to_many(&Post::tags, "taggings", "thing_id", "tag_id").own_type("thing_type");
  }
};

struct Comment {
  std::int64_t id{};
  std::int64_t post_id{};
  std::string text;
  tp::belongs_to<Post> post;
  tp::has_one<User> host;  // the user on whose post it is

  static void model(tp::model<Comment>& m) {
    m.belongs_to(&Comment::post, &Comment::post_id);
    m.has_one(&Comment::host).through(&Comment::post, &Post::user);
  }
};

struct Product {
  std::int64_t id{};
  std::string name;
  tp::has_many<Photo> photos;
  tp::many_to_many<Tag> tags;

  static void model(tp::model<Product>& m) {
    m.recorded_as("product");  // in type columns; the table's name unless said
    m.has_many(&Product::photos).as("of_type", "of_id");
    m.many_to_many(&Product::tags, "taggings", "thing_id", "tag_id").own_type("thing_type");
  }
};

struct Photo {
  std::int64_t id{};
  std::string of_type;   // "posts" or "product": a text, or an enum whose enumerators are called so
  std::int64_t of_id{};  // the key there
  std::string file;
  tp::belongs_to_any<Post, Product> of;

  static void model(tp::model<Photo>& m) {
    m.belongs_to_any(&Photo::of, &Photo::of_type, &Photo::of_id);
    m.index(&Photo::of_type, &Photo::of_id);
  }
};

struct Tag {
  std::int64_t id{};
  std::string name;
  tp::many_to_many<Post> posts;
  tp::many_to_many<Product> products;

  static void model(tp::model<Tag>& m) {
    m.many_to_many(&Tag::posts, "taggings", "tag_id", "thing_id").related_type("thing_type");
    m.many_to_many(&Tag::products, "taggings", "tag_id", "thing_id").related_type("thing_type");
  }
};

const char* const taggings =
    "CREATE TABLE taggings (tag_id BIGINT NOT NULL, thing_type TEXT NOT NULL, thing_id BIGINT NOT NULL, "
    "PRIMARY KEY (tag_id, thing_type, thing_id))";

static void fill(tp::database& db) {
  tp::sync_wait(tp::create_tables<User, Post, Comment, Product, Photo, Tag>(db));
  tp::sync_wait(db.execute(taggings));
  const User ada = tp::sync_wait(db.insert(User{.name = "ada"}));
  const Post post = tp::sync_wait(db.insert(Post{.user_id = ada.id, .title = "one"}));
  tp::sync_wait(db.insert(Comment{.post_id = post.id, .text = "good"}));
  const Product pen = tp::sync_wait(db.insert(Product{.name = "pen"}));
  tp::sync_wait(db.insert(Photo{.of_type = "posts", .of_id = post.id, .file = "post.png"}));
  tp::sync_wait(db.insert(Photo{.of_type = "product", .of_id = pen.id, .file = "pen.png"}));
  tp::sync_wait(db.insert(Tag{.name = "new"}));
}

static tp::task<void> through(tp::database& db) {
  auto users = co_await db.query<User>()
                   .where_has(&User::comments)
                   .with(&User::comments, [](auto& q) { q.order_by(tp::col<&Comment::id>.desc()).limit(5); })
                   .all();  // five comments of each user at most
  EXPECT_EQ(users[0].comments[0].text, "good");
  auto comment = co_await db.query<Comment>().with(&Comment::host).one();
  EXPECT_EQ(comment.host->name, "ada");
}

static tp::task<void> of_any(tp::database& db) {
  auto photos = co_await db.query<Photo>()
                    .order_by(tp::col<&Photo::id>)
                    .with(&Photo::of, &Post::user)  // posts and products; of the posts, their users too
                    .all();
  std::string captions;
  for (const Photo& photo : photos) {
    if (const Post* post = photo.of.get<Post>()) captions += post->title + " by " + post->user->name + ", ";
    if (const Product* product = photo.of.get<Product>()) captions += product->name;
    photo.of.visit([&](const auto& object) { EXPECT_EQ(object.id, 1); });  // whichever model's it is
  }
  EXPECT_EQ(captions, "one by ada, pen");

  Product pen = co_await db.get<Product>(1);
  co_await db.attach(pen, &Product::tags, 1);
  auto tagged = co_await db.query<Tag>().where_has(&Tag::products).with(&Tag::posts).with(&Tag::products).all();
  EXPECT_EQ(tagged[0].products[0].name, "pen");
  EXPECT_TRUE(tagged[0].posts.empty());
}

TEST(docs, relations_between) {
  const example::place here;
  tp::database db(here.url());
  fill(db);
  tp::sync_wait(through(db));
  tp::sync_wait(of_any(db));
}

}  // namespace photo_album
