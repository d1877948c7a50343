// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

#include <tupelo/query/row_value.hpp>
#include <tupelo/query/window.hpp>

/// Questions that windows, common and derived tables, aliases and unions answer.
namespace tupelo::chinook {
namespace {

class chinook_analysis : public chinook_test {};

struct Spent {
  integer customer;
  text country;
  decimal revenue;
};
struct Sold {
  std::optional<integer> genre;
  integer track;
  integer pieces;
  std::int64_t place;
};
struct Month {
  integer year;
  integer month;
  decimal revenue;
};
struct Placed {
  integer id;
  integer customer;
  decimal total;
  std::int64_t place;
};
struct Level {
  integer employee;
  std::int64_t depth;
};

const auto customer_revenue = [] {
  return derived("spent",
                 query<Customer>()
                     .join<Invoice>(col<&Invoice::CustomerId> == col<&Customer::CustomerId>)
                     .group_by(col<&Customer::CustomerId>, col<&Customer::Country>)
                     .select<Spent>(col<&Customer::CustomerId>, col<&Customer::Country>, sum(col<&Invoice::Total>)));
};

TEST_F(chinook_analysis, running_revenue_of_a_customer) {
  expect_same(
      db().query<Invoice>()
          .where(col<&Invoice::CustomerId> == 7)
          .order_by(col<&Invoice::InvoiceId>)
          .select(col<&Invoice::InvoiceId>, sum(col<&Invoice::Total>).over(tupelo::order_by(col<&Invoice::InvoiceId>))),
      "SELECT i.InvoiceId, (SELECT SUM(p.Total) FROM Invoice p WHERE p.CustomerId = 7 AND p.InvoiceId <= "
      "i.InvoiceId) FROM Invoice i WHERE i.CustomerId = 7 ORDER BY i.InvoiceId");
}

TEST_F(chinook_analysis, customers_ranked_within_their_country) {
  const auto spent = customer_revenue();
  expect_same(
      db().query(spent)
          .order_by(spent(&Spent::country), spent(&Spent::revenue).desc(), spent(&Spent::customer))
          .select(spent(&Spent::country), spent(&Spent::customer),
                  rank().over(partition_by(spent(&Spent::country)).order_by(spent(&Spent::revenue).desc()))),
      "SELECT Country, CustomerId, RANK() OVER (PARTITION BY Country ORDER BY revenue DESC) FROM (SELECT c.CustomerId, "
      "c.Country, ROUND(SUM(i.Total), 2) AS revenue FROM Customer c JOIN Invoice i ON i.CustomerId = c.CustomerId "
      "GROUP BY "
      "c.CustomerId, c.Country) s ORDER BY Country, revenue DESC, CustomerId");
}

TEST_F(chinook_analysis, two_best_selling_tracks_of_each_genre) {
  const auto pieces = sum(col<&InvoiceLine::Quantity>);
  const auto sold = derived(
      "sold", query<InvoiceLine>()
                  .join<Track>(col<&Track::TrackId> == col<&InvoiceLine::TrackId>)
                  .group_by(col<&Track::GenreId>, col<&Track::TrackId>)
                  .select<Sold>(col<&Track::GenreId>, col<&Track::TrackId>, pieces,
                                row_number().over(
                                    partition_by(col<&Track::GenreId>).order_by(pieces.desc(), col<&Track::TrackId>))));
  expect_same(
      db().query(sold)
          .where(sold(&Sold::place) <= 2)
          .order_by(sold(&Sold::genre), sold(&Sold::place))
          .select(sold(&Sold::genre), sold(&Sold::track), sold(&Sold::pieces)),
      "SELECT GenreId, TrackId, pieces FROM (SELECT t.GenreId, t.TrackId, SUM(l.Quantity) AS pieces, ROW_NUMBER() "
      "OVER (PARTITION BY t.GenreId ORDER BY SUM(l.Quantity) DESC, t.TrackId) AS place FROM InvoiceLine l JOIN "
      "Track t ON t.TrackId = l.TrackId GROUP BY t.GenreId, t.TrackId) s WHERE place <= 2 ORDER BY GenreId, place");
}

TEST_F(chinook_analysis, revenue_of_each_month_beside_that_of_the_month_before) {
  const auto of_year = year(col<&Invoice::InvoiceDate>);
  const auto of_month = month(col<&Invoice::InvoiceDate>);
  const auto months =
      cte("months",
          query<Invoice>().group_by(of_year, of_month).select<Month>(of_year, of_month, sum(col<&Invoice::Total>)));
  const auto in_order = tupelo::order_by(months(&Month::year), months(&Month::month));
  expect_same(db().query(months)
                  .order_by(months(&Month::year), months(&Month::month))
                  .select(months(&Month::year), months(&Month::month), months(&Month::revenue),
                          lag(months(&Month::revenue)).over(in_order)),
              "SELECT y, m, revenue, LAG(revenue) OVER (ORDER BY y, m) FROM (SELECT " + year_by_hand("InvoiceDate") +
                  " AS y, " + month_by_hand("InvoiceDate") +
                  " AS m, SUM(Total) AS revenue FROM Invoice GROUP BY 1, 2) s ORDER BY y, m");
}

TEST_F(chinook_analysis, quarters_of_the_customers_by_what_they_spent) {
  const auto spent = customer_revenue();
  expect_same(db().query(spent)
                  .order_by(spent(&Spent::customer))
                  .select(spent(&Spent::customer),
                          ntile(4).over(tupelo::order_by(spent(&Spent::revenue).desc(), spent(&Spent::customer)))),
              "SELECT CustomerId, NTILE(4) OVER (ORDER BY ROUND(SUM(Total), 2) DESC, CustomerId) FROM Invoice GROUP BY "
              "CustomerId "
              "ORDER BY CustomerId");
}

TEST_F(chinook_analysis, first_invoice_of_each_customer_and_how_much_of_all_it_was) {
  const auto placed = derived(
      "placed", query<Invoice>().select<Placed>(
                    col<&Invoice::InvoiceId>, col<&Invoice::CustomerId>, col<&Invoice::Total>,
                    row_number().over(partition_by(col<&Invoice::CustomerId>).order_by(col<&Invoice::InvoiceId>))));
  const auto spent = customer_revenue();
  expect_same(
      db().query(placed)
          .join(spent, spent(&Spent::customer) == placed(&Placed::customer))
          .where(placed(&Placed::place) == 1)
          .order_by(placed(&Placed::customer))
          .select(placed(&Placed::customer), placed(&Placed::total), spent(&Spent::revenue)),
      "SELECT i.CustomerId, i.Total, (SELECT SUM(a.Total) FROM Invoice a WHERE a.CustomerId = i.CustomerId) FROM "
      "Invoice i WHERE NOT EXISTS (SELECT 1 FROM Invoice e WHERE e.CustomerId = i.CustomerId AND e.InvoiceId < "
      "i.InvoiceId) ORDER BY i.CustomerId");
}

TEST_F(chinook_analysis, mean_of_three_invoices_in_a_row) {
  const auto around = tupelo::order_by(col<&Invoice::InvoiceId>).rows_between(preceding(1), following(1));
  expect_same(db().query<Invoice>()
                  .where(col<&Invoice::CustomerId>.between(10, 15))
                  .order_by(col<&Invoice::InvoiceId>)
                  .select(col<&Invoice::InvoiceId>, count().over(around), sum(col<&Invoice::Total>).over(around)),
              "SELECT InvoiceId, COUNT(*) OVER w, SUM(Total) OVER w FROM Invoice WHERE CustomerId BETWEEN 10 AND 15 "
              "WINDOW w AS (ORDER BY InvoiceId ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) ORDER BY InvoiceId");
}

TEST_F(chinook_analysis, longest_track_of_the_album_beside_each_track) {
  const auto of_album = partition_by(col<&Track::AlbumId>).order_by(col<&Track::Milliseconds>.desc());
  expect_same(db().query<Track>()
                  .where(col<&Track::AlbumId> <= 5)
                  .order_by(col<&Track::TrackId>)
                  .select(col<&Track::Name>, first_value(col<&Track::Milliseconds>).over(of_album)),
              "SELECT t.Name, (SELECT MAX(m.Milliseconds) FROM Track m WHERE m.AlbumId = t.AlbumId) FROM Track t WHERE "
              "t.AlbumId <= 5 ORDER BY t.TrackId");
}

TEST_F(chinook_analysis, how_far_below_the_boss_everybody_is) {
  const auto levels = recursive(
      "levels",
      query<Employee>().where(col<&Employee::ReportsTo>.is_null()).select<Level>(col<&Employee::EmployeeId>, value(0)),
      [](const auto& above) {
        return query<Employee>()
            .join(above, col<&Employee::ReportsTo> == above(&Level::employee))
            .template select<Level>(col<&Employee::EmployeeId>, above(&Level::depth) + 1);
      });
  expect_same(
      db().query<Employee>()
          .join(levels, levels(&Level::employee) == col<&Employee::EmployeeId>)
          .order_by(levels(&Level::depth), col<&Employee::LastName>)
          .select(col<&Employee::LastName>, levels(&Level::depth)),
      "WITH RECURSIVE levels(id, depth) AS (SELECT EmployeeId, 0 FROM Employee WHERE ReportsTo IS NULL UNION ALL "
      "SELECT e.EmployeeId, l.depth + 1 FROM Employee e JOIN levels l ON e.ReportsTo = l.id) SELECT e.LastName, "
      "l.depth FROM Employee e JOIN levels l ON l.id = e.EmployeeId ORDER BY l.depth, e.LastName");
}

TEST_F(chinook_analysis, employees_beside_those_they_report_to) {
  const auto manager = alias<Employee>("manager");
  expect_same(
      db().query<Employee>()
          .left_join(manager, manager(&Employee::EmployeeId) == col<&Employee::ReportsTo>)
          .order_by(col<&Employee::EmployeeId>)
          .select(col<&Employee::LastName>, coalesce(manager(&Employee::LastName), "nobody")),
      "SELECT e.LastName, COALESCE(m.LastName, 'nobody') FROM Employee e LEFT JOIN Employee m ON m.EmployeeId = "
      "e.ReportsTo ORDER BY e.EmployeeId");
}

TEST_F(chinook_analysis, pairs_of_customers_of_one_city) {
  const auto other = alias<Customer>("other");
  expect_same(
      db().query<Customer>()
          .join(other, other(&Customer::City) == col<&Customer::City> &&
                           other(&Customer::CustomerId) > col<&Customer::CustomerId>)
          .order_by(col<&Customer::CustomerId>, other(&Customer::CustomerId))
          .select(col<&Customer::City>, col<&Customer::LastName>, other(&Customer::LastName)),
      "SELECT a.City, a.LastName, b.LastName FROM Customer a JOIN Customer b ON b.City = a.City AND b.CustomerId "
      "> a.CustomerId ORDER BY a.CustomerId, b.CustomerId");
}

TEST_F(chinook_analysis, cities_where_somebody_lives_or_works) {
  expect_same(db().query<Customer>()
                  .where(col<&Customer::Country> == "Canada")
                  .select<text>(col<&Customer::City>)
                  .union_(db().query<Employee>().select<text>(col<&Employee::City>)),
              "SELECT City FROM Customer WHERE Country = 'Canada' UNION SELECT City FROM Employee");
}

TEST_F(chinook_analysis, genres_that_two_countries_buy_and_those_that_one_does_not) {
  const auto bought_in = [](const char* country) {
    return query<Genre>()
        .join<Track>(col<&Track::GenreId> == col<&Genre::GenreId>)
        .join<InvoiceLine>(col<&InvoiceLine::TrackId> == col<&Track::TrackId>)
        .join<Invoice>(col<&Invoice::InvoiceId> == col<&InvoiceLine::InvoiceId>)
        .where(col<&Invoice::BillingCountry> == country)
        .select<integer>(col<&Genre::GenreId>);
  };
  const auto by_hand = [](const std::string& country) {
    return "SELECT t.GenreId FROM Invoice i JOIN InvoiceLine l ON l.InvoiceId = i.InvoiceId JOIN Track t ON t.TrackId "
           "= "
           "l.TrackId WHERE i.BillingCountry = '" +
           country + "'";
  };
  expect_same(db().query<Genre>()
                  .where(col<&Genre::GenreId>.in(bought_in("Brazil").intersect(bought_in("Norway"))))
                  .order_by(col<&Genre::GenreId>),
              "SELECT GenreId, Name FROM Genre WHERE GenreId IN (" + by_hand("Brazil") + ") AND GenreId IN (" +
                  by_hand("Norway") + ") ORDER BY GenreId");
  expect_same(db().query<Genre>()
                  .where(col<&Genre::GenreId>.in(bought_in("Brazil").except(bought_in("Norway"))))
                  .order_by(col<&Genre::GenreId>),
              "SELECT GenreId, Name FROM Genre WHERE GenreId IN (" + by_hand("Brazil") + ") AND GenreId NOT IN (" +
                  by_hand("Norway") + ") ORDER BY GenreId");
}

TEST_F(chinook_analysis, revenue_of_countries_in_two_years_side_by_side) {
  const auto in = [](int wanted) {
    return sum(col<&Invoice::Total>).filter(year(col<&Invoice::InvoiceDate>) == wanted);
  };
  const std::string of_year = year_by_hand("InvoiceDate");
  expect_same(db().query<Invoice>()
                  .group_by(col<&Invoice::BillingCountry>)
                  .order_by(col<&Invoice::BillingCountry>)
                  .select<std::tuple<text, std::optional<decimal>, std::optional<decimal>>>(
                      col<&Invoice::BillingCountry>, in(2022), in(2023)),
              "SELECT BillingCountry, SUM(CASE WHEN " + of_year + " = 2022 THEN Total END), SUM(CASE WHEN " + of_year +
                  " = 2023 THEN Total END) FROM Invoice GROUP BY BillingCountry ORDER BY BillingCountry");
}

TEST_F(chinook_analysis, tracks_by_length_in_words) {
  const auto band = case_when(col<&Track::Milliseconds> < 180'000, "short")
                        .when(col<&Track::Milliseconds> < 360'000, "usual")
                        .otherwise("long");
  expect_same(
      db().query<Track>().group_by(band).order_by(band).select(band, count(), max(col<&Track::Milliseconds>)),
      "SELECT b, COUNT(*), MAX(Milliseconds) FROM (SELECT Milliseconds, CASE WHEN Milliseconds < 180000 THEN "
      "'short' WHEN Milliseconds < 360000 THEN 'usual' ELSE 'long' END AS b FROM Track) s GROUP BY b ORDER BY b");
}

TEST_F(chinook_analysis, invoices_behind_one_by_amount_and_number) {
  expect_same(
      db().query<Invoice>()
          .where(row(col<&Invoice::Total>, col<&Invoice::InvoiceId>) > row(decimal::parse("13.86"), 300))
          .order_by(col<&Invoice::Total>, col<&Invoice::InvoiceId>)
          .select(col<&Invoice::InvoiceId>, col<&Invoice::Total>),
      "SELECT InvoiceId, Total FROM Invoice WHERE Total > 13.86 OR (Total = 13.86 AND InvoiceId > 300) ORDER BY "
      "Total, InvoiceId");
}

}  // namespace
}  // namespace tupelo::chinook
