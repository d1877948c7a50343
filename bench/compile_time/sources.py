# SPDX-License-Identifier: Apache-2.0
"""One file of 10 models x 10 queries, through Tupelo and by hand over sqlite3."""

MODELS = 10
FIELDS = [("std::int64_t", "id"), ("std::string", "email"), ("std::string", "name"), ("std::optional<int>", "age"),
          ("std::string", "country"), ("bool", "active"), ("double", "score"), ("std::int64_t", "created_at"),
          ("std::int64_t", "org_id"), ("std::optional<std::string>", "bio")]


def fill(text, m):
    return (text.replace("@N", f"Model{(m + 1) % MODELS}").replace("@", f"Model{m}")
            .replace("#N", str((m + 1) % MODELS)).replace("#", str(m)))


def struct(m, extra=""):
    return f"struct Model{m} {{ " + " ".join(f"{t} {n}{{}};" for t, n in FIELDS) + extra + " };\n"


TUPELO_HEAD = """#include <tupelo/tupelo.hpp>
namespace tp = tupelo;
struct ByCountry { std::string country; std::int64_t count; double score; };
"""
TUPELO_MODEL = """
  static void model(tp::model<@>& m) { m.table("t#"); m.unique(&@::email); m.index(&@::country, &@::age); }"""
TUPELO_QUERIES = """
std::optional<@> q1_#(tp::database& db, std::int64_t id) { return tp::sync_wait(db.find<@>(id)); }
std::vector<@> q2_#(tp::database& db, int a) { return tp::sync_wait(db.query<@>().where(tp::col<&@::age> >= a && tp::col<&@::active> == true).order_by(tp::col<&@::created_at>.desc()).limit(10).all()); }
std::vector<@> q3_#(tp::database& db, const std::string& s) { return tp::sync_wait(db.query<@>().where(tp::col<&@::email> == s).all()); }
std::vector<@> q4_#(tp::database& db) { return tp::sync_wait(db.query<@>().where((tp::col<&@::country> == "NO" || tp::col<&@::country> == "SE") && tp::col<&@::score> > 1.5).all()); }
std::vector<@> q5_#(tp::database& db) { return tp::sync_wait(db.query<@>().where(tp::col<&@::id>.in(1, 2, 3)).all()); }
std::vector<@> q6_#(tp::database& db) { return tp::sync_wait(db.query<@>().join<@N>(tp::col<&@::org_id> == tp::col<&@N::id>).where(tp::col<&@N::country> == "NO").all()); }
std::vector<ByCountry> q7_#(tp::database& db) { return tp::sync_wait(db.query<@>().group_by(tp::col<&@::country>).select<ByCountry>(tp::col<&@::country>, tp::count(), tp::avg(tp::col<&@::score>)).all()); }
void q8_#(tp::database& db, @& o) { tp::sync_wait(db.insert(o)); }
void q9_#(tp::database& db, @& o) { tp::sync_wait(db.update(o)); }
std::vector<@> q10_#(tp::database& db) { return tp::sync_wait(db.query<@>().where(tp::col<&@::bio>.is_not_null() && tp::col<&@::name>.starts_with("a")).order_by(tp::col<&@::name>.asc()).limit(20).offset(40).all()); }
"""

HAND_HEAD = """#include <sqlite3.h>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
struct ByCountry { std::string country; std::int64_t count; double score; };
struct Statement { sqlite3_stmt* s = nullptr; sqlite3_stmt* get(sqlite3* db, const char* q) { if (!s && sqlite3_prepare_v2(db, q, -1, &s, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db)); return s; } };
static std::string text(sqlite3_stmt* s, int i) { return std::string(reinterpret_cast<const char*>(sqlite3_column_text(s, i)), static_cast<std::size_t>(sqlite3_column_bytes(s, i))); }
static void bind(sqlite3_stmt* s, int i, const std::string& v) { sqlite3_bind_text(s, i, v.data(), static_cast<int>(v.size()), SQLITE_STATIC); }
static void step(sqlite3* db, sqlite3_stmt* s) { if (sqlite3_step(s) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db)); sqlite3_reset(s); }
"""
COLUMNS = ", ".join(n for _, n in FIELDS)
QUALIFIED = ", ".join("t#." + n for _, n in FIELDS)
HAND_QUERIES = """
static void read(sqlite3_stmt* s, @& o) { o.id = sqlite3_column_int64(s, 0); o.email = text(s, 1); o.name = text(s, 2); if (sqlite3_column_type(s, 3) != SQLITE_NULL) o.age = sqlite3_column_int(s, 3); else o.age.reset(); o.country = text(s, 4); o.active = sqlite3_column_int(s, 5); o.score = sqlite3_column_double(s, 6); o.created_at = sqlite3_column_int64(s, 7); o.org_id = sqlite3_column_int64(s, 8); if (sqlite3_column_type(s, 9) != SQLITE_NULL) o.bio = text(s, 9); else o.bio.reset(); }
static std::vector<@> all_#(sqlite3* db, sqlite3_stmt* s) { std::vector<@> v; int rc; while ((rc = sqlite3_step(s)) == SQLITE_ROW) read(s, v.emplace_back()); sqlite3_reset(s); if (rc != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db)); return v; }
std::optional<@> q1_#(sqlite3* db, std::int64_t id) { static Statement st; auto* s = st.get(db, "SELECT COLS FROM t# WHERE id = ?"); sqlite3_bind_int64(s, 1, id); std::optional<@> r; if (sqlite3_step(s) == SQLITE_ROW) read(s, r.emplace()); sqlite3_reset(s); return r; }
std::vector<@> q2_#(sqlite3* db, int a) { static Statement st; auto* s = st.get(db, "SELECT COLS FROM t# WHERE age >= ? AND active = 1 ORDER BY created_at DESC LIMIT 10"); sqlite3_bind_int(s, 1, a); return all_#(db, s); }
std::vector<@> q3_#(sqlite3* db, const std::string& e) { static Statement st; auto* s = st.get(db, "SELECT COLS FROM t# WHERE email = ?"); bind(s, 1, e); return all_#(db, s); }
std::vector<@> q4_#(sqlite3* db) { static Statement st; auto* s = st.get(db, "SELECT COLS FROM t# WHERE (country = 'NO' OR country = 'SE') AND score > 1.5"); return all_#(db, s); }
std::vector<@> q5_#(sqlite3* db) { static Statement st; auto* s = st.get(db, "SELECT COLS FROM t# WHERE id IN (1,2,3)"); return all_#(db, s); }
std::vector<@> q6_#(sqlite3* db) { static Statement st; auto* s = st.get(db, "SELECT COLQ FROM t# JOIN t#N ON t#.org_id = t#N.id WHERE t#N.country = 'NO'"); return all_#(db, s); }
std::vector<ByCountry> q7_#(sqlite3* db) { static Statement st; auto* s = st.get(db, "SELECT country, count(*), avg(score) FROM t# GROUP BY country"); std::vector<ByCountry> v; int rc; while ((rc = sqlite3_step(s)) == SQLITE_ROW) { auto& o = v.emplace_back(); o.country = text(s, 0); o.count = sqlite3_column_int64(s, 1); o.score = sqlite3_column_double(s, 2); } sqlite3_reset(s); if (rc != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db)); return v; }
static void put(sqlite3_stmt* s, const @& o) { bind(s, 1, o.email); bind(s, 2, o.name); if (o.age) sqlite3_bind_int(s, 3, *o.age); else sqlite3_bind_null(s, 3); bind(s, 4, o.country); sqlite3_bind_int(s, 5, o.active); sqlite3_bind_double(s, 6, o.score); sqlite3_bind_int64(s, 7, o.created_at); sqlite3_bind_int64(s, 8, o.org_id); if (o.bio) bind(s, 9, *o.bio); else sqlite3_bind_null(s, 9); }
void q8_#(sqlite3* db, @& o) { static Statement st; auto* s = st.get(db, "INSERT INTO t# (email, name, age, country, active, score, created_at, org_id, bio) VALUES (?,?,?,?,?,?,?,?,?)"); put(s, o); step(db, s); o.id = sqlite3_last_insert_rowid(db); }
void q9_#(sqlite3* db, @& o) { static Statement st; auto* s = st.get(db, "UPDATE t# SET email=?, name=?, age=?, country=?, active=?, score=?, created_at=?, org_id=?, bio=? WHERE id = ?"); put(s, o); sqlite3_bind_int64(s, 10, o.id); step(db, s); }
std::vector<@> q10_#(sqlite3* db) { static Statement st; auto* s = st.get(db, "SELECT COLS FROM t# WHERE bio IS NOT NULL AND name LIKE 'a%' ORDER BY name LIMIT 20 OFFSET 40"); return all_#(db, s); }
""".replace("COLS", COLUMNS).replace("COLQ", QUALIFIED)


def tupelo():
    return TUPELO_HEAD + "".join(struct(m, fill(TUPELO_MODEL, m)) for m in range(MODELS)) + \
        "".join(fill(TUPELO_QUERIES, m) for m in range(MODELS))


def hand():
    return HAND_HEAD + "".join(struct(m) for m in range(MODELS)) + "".join(fill(HAND_QUERIES, m) for m in range(MODELS))


BARE_HEADERS = "#include <optional>\n#include <string>\n#include <vector>\n"
UMBRELLA = BARE_HEADERS + "#include <tupelo/tupelo.hpp>\n"
