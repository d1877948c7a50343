// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Models with a relation of every kind.
namespace tupelo::conformance::library {

using names = std::vector<std::string>;

struct Author;
struct Book;
struct Label;
struct Line;

struct Passport {
  std::int64_t id{};
  std::int64_t author_id{};
  std::string number{};
};

struct Author {
  std::int64_t id{};
  std::string name{};
  has_many<Book> books{};
  has_one<Passport> passport{};

  static void model(tupelo::model<Author>& m) {
    m.has_many(&Author::books, "author_id");
    m.has_one(&Author::passport, "author_id");
  }
};

struct Review {
  std::int64_t id{};
  std::int64_t book_id{};
  int stars{};
  belongs_to<Book> book{};

  static void model(tupelo::model<Review>& m) { m.belongs_to(&Review::book, &Review::book_id); }
};

struct Book {
  std::int64_t id{};
  std::optional<std::int64_t> author_id{};
  std::string title{};
  int pages{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Author> author{};
  has_many<Review> reviews{};
  many_to_many<Label> labels{};

  static void model(tupelo::model<Book>& m) {
    m.soft_delete(&Book::deleted_at);
    m.belongs_to(&Book::author, &Book::author_id);
    m.has_many(&Book::reviews, "book_id");
    m.many_to_many(&Book::labels, "shelf_marks", "book", "label");
  }
};

struct Label {
  std::int64_t id{};
  std::string name{};
  many_to_many<Book> books{};

  static void model(tupelo::model<Label>& m) { m.many_to_many(&Label::books, "shelf_marks", "label", "book"); }
};

struct Mark {
  std::int64_t book{};
  std::int64_t label{};

  static void model(tupelo::model<Mark>& m) {
    m.table("shelf_marks");
    m.primary_key(&Mark::book, &Mark::label);
    m.foreign_key(&Mark::book).references<Book>();
    m.foreign_key(&Mark::label).references<Label>();
  }
};

/// A key of a text and a number.
struct Order {
  std::string region{};
  std::int64_t number{};
  has_many<Line> lines{};

  static void model(tupelo::model<Order>& m) {
    m.primary_key(&Order::region, &Order::number);
    m.has_many(&Order::lines, "region", "order_number");
  }
};

struct Line {
  std::int64_t id{};
  std::string region{};
  std::int64_t order_number{};
  int amount{};
  belongs_to<Order> order{};

  static void model(tupelo::model<Line>& m) { m.belongs_to(&Line::order, &Line::region, &Line::order_number); }
};

/// A tree.
struct Folder {
  std::int64_t id{};
  std::optional<std::int64_t> parent_id{};
  std::string name{};
  belongs_to<Folder> parent{};
  has_many<Folder> children{};

  static void model(tupelo::model<Folder>& m) {
    m.belongs_to(&Folder::parent, &Folder::parent_id);
    m.has_many(&Folder::children, "parent_id");
  }
};

/// Ada wrote three books, bob one, cyd none; one book is of nobody. Reviews: "A" 5 3 4, "C" 1, "D" 2. Labels: "A" red
/// blue, "B" red, "D" blue; green marks nothing.
class library_test : public conformance_test {
protected:
  library_test() {
    create<Author, Passport, Book, Review, Label, Mark>();
    std::vector<Author> authors{{.name = "ada"}, {.name = "bob"}, {.name = "cyd"}};
    sync_wait(db.insert(authors));
    ada = authors[0].id;
    bob = authors[1].id;
    cyd = authors[2].id;
    sync_wait(db.insert(Passport{.author_id = bob, .number = "B1"}));
    std::vector<Book> books{{.author_id = ada, .title = "A", .pages = 300},
                            {.author_id = ada, .title = "B", .pages = 100},
                            {.author_id = bob, .title = "D", .pages = 200},
                            {.author_id = ada, .title = "C", .pages = 100},
                            {.title = "E", .pages = 50}};
    sync_wait(db.insert(books));
    a = books[0].id;
    b = books[1].id;
    d = books[2].id;
    c = books[3].id;
    e = books[4].id;
    std::vector<Review> reviews{{.book_id = a, .stars = 5},
                                {.book_id = c, .stars = 1},
                                {.book_id = a, .stars = 3},
                                {.book_id = d, .stars = 2},
                                {.book_id = a, .stars = 4}};
    sync_wait(db.insert(reviews));
    std::vector<Label> labels{{.name = "red"}, {.name = "blue"}, {.name = "green"}};
    sync_wait(db.insert(labels));
    std::vector<Mark> marks{{a, labels[0].id}, {a, labels[1].id}, {b, labels[0].id}, {d, labels[1].id}};
    sync_wait(db.insert(marks));
  }

  /// How many statements the work runs.
  template <class Work>
  std::size_t statements_of(Work work) {
    if (!log_) log_.emplace(db);
    log_->clear();
    work();
    return log_->started().size();
  }
  auto authors() { return db.query<Author>().order_by(col<&Author::name>); }
  auto books() { return db.query<Book>().order_by(col<&Book::title>); }

  /// "ABC": the titles in the order in which they are there.
  template <class Books>
  static std::string titles(const Books& books) {
    std::string all;
    for (const Book& book : books) all += book.title;
    return all;
  }

  std::int64_t ada = 0, bob = 0, cyd = 0;
  std::int64_t a = 0, b = 0, c = 0, d = 0, e = 0;

private:
  std::optional<statement_log> log_;
};

}  // namespace tupelo::conformance::library
