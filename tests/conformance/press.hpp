// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace tupelo::conformance {

struct PressBook;
struct PressDesk;
struct PressTopic;
struct PressBookTopic;
struct PressWriter {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> mentor_id{};
  std::optional<std::int64_t> favourite_id{};
  int books_count{};
  int version{};
  belongs_to<PressWriter> mentor{};
  has_many<PressWriter> pupils{};
  has_many<PressBook> books{};
  has_one<PressDesk> desk{};

  static void model(tupelo::model<PressWriter>& m);
};
struct PressCover {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> book_id{};

  static void model(tupelo::model<PressCover>& m);
};
struct PressBook {
  std::int64_t id{};
  std::string name{};
  std::optional<std::string> code{};
  int price{};
  std::optional<std::int64_t> writer_id{};
  int version{};
  belongs_to<PressWriter> writer{};
  has_one<PressCover> cover{};
  many_to_many<PressTopic, PressBookTopic> topics{};

  static void model(tupelo::model<PressBook>& m) {
    m.unique(&PressBook::name);
    m.unique(&PressBook::code);
    m.check("price_is_no_debt", col<&PressBook::price> >= 0);
    m.belongs_to(&PressBook::writer, &PressBook::writer_id).on_delete(set_null).counter(&PressWriter::books_count);
    m.has_one(&PressBook::cover, "book_id");
    m.many_to_many(&PressBook::topics, "press_book_topics", "book_id", "topic_id");
    m.version(&PressBook::version);
  }
};
inline void PressWriter::model(tupelo::model<PressWriter>& m) {
  m.unique(&PressWriter::name);
  m.belongs_to(&PressWriter::mentor, &PressWriter::mentor_id).on_delete(set_null);
  m.foreign_key(&PressWriter::favourite_id).references<PressBook>().on_delete(set_null).deferrable();
  m.has_many(&PressWriter::pupils, "mentor_id");
  m.has_many(&PressWriter::books, "writer_id");
  m.has_one(&PressWriter::desk, "writer_id").delete_orphans();
  m.version(&PressWriter::version);
}
inline void PressCover::model(tupelo::model<PressCover>& m) {
  m.unique(&PressCover::book_id);
  m.foreign_key(&PressCover::book_id).references<PressBook>().on_delete(set_null);
}
struct PressDesk {
  std::int64_t id{};
  std::string name{};
  std::int64_t writer_id{};

  static void model(tupelo::model<PressDesk>& m) {
    m.unique(&PressDesk::writer_id);
    m.foreign_key(&PressDesk::writer_id).references<PressWriter>().on_delete(cascade);
  }
};
struct PressTopic {
  std::int64_t id{};
  std::string name{};

  static void model(tupelo::model<PressTopic>& m) { m.unique(&PressTopic::name); }
};
struct PressBookTopic {
  std::int64_t book_id{};
  std::int64_t topic_id{};

  static void model(tupelo::model<PressBookTopic>& m) {
    m.table("press_book_topics");
    m.primary_key(&PressBookTopic::book_id, &PressBookTopic::topic_id);
    m.foreign_key(&PressBookTopic::book_id).references<PressBook>().on_delete(cascade);
    m.foreign_key(&PressBookTopic::topic_id).references<PressTopic>().on_delete(cascade);
  }
};

/// What is to be stored, by names.
struct shelf {
  struct writer {
    std::string mentor, favourite, desk;
  };
  struct book {
    std::string writer, code;
    int price = 0;
    std::set<std::string> topics;
  };
  std::map<std::string, writer> writers;
  std::map<std::string, book> books;
  std::map<std::string, std::string> covers;  ///< of which books
  std::set<std::string> topics;

  int books_of(const std::string& name) const {
    return static_cast<int>(
        std::count_if(books.begin(), books.end(), [&](const auto& each) { return each.second.writer == name; }));
  }
  std::string cover_of(const std::string& book) const {
    const auto found = std::find_if(covers.begin(), covers.end(), [&](const auto& c) { return c.second == book; });
    return found == covers.end() ? std::string() : found->first;
  }
  void remove_writer(const std::string& name) {
    writers.erase(name);
    for (auto& [other, values] : writers) {
      if (values.mentor == name) values.mentor.clear();
    }
    for (auto& [book, values] : books) {
      if (values.writer == name) values.writer.clear();
    }
  }
  void remove_book(const std::string& name) {
    books.erase(name);
    for (auto& [other, values] : writers) {
      if (values.favourite == name) values.favourite.clear();
    }
    for (auto& [cover, book] : covers) {
      if (book == name) book.clear();
    }
  }
  std::string text() const {
    std::string out;
    for (const auto& [name, w] : writers) {
      out += name + " mentor " + w.mentor + " favourite " + w.favourite + " desk " + w.desk + " books " +
             std::to_string(books_of(name)) + '\n';
    }
    for (const auto& [name, b] : books) {
      out += name + " by " + b.writer + " code " + b.code + " price " + std::to_string(b.price) + " topics";
      for (const std::string& topic : b.topics) out += ' ' + topic;
      out += '\n';
    }
    for (const auto& [name, book] : covers) out += name + " of " + book + '\n';
    for (const std::string& topic : topics) out += topic + '\n';
    return out;
  }
};

}  // namespace tupelo::conformance
