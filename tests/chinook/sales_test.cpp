// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

/// Questions about money and customers.
namespace tupelo::chinook {
namespace {

class chinook_sales : public chinook_test {};

TEST_F(chinook_sales, top_customers_by_revenue) {
  const auto revenue = sum(col<&Invoice::Total>);
  expect_same(
      db().query<Customer>()
          .join<Invoice>(col<&Invoice::CustomerId> == col<&Customer::CustomerId>)
          .group_by(col<&Customer::CustomerId>)
          .order_by(revenue.desc(), col<&Customer::CustomerId>)
          .limit(10)
          .select(col<&Customer::FirstName>, col<&Customer::LastName>, revenue),
      "SELECT c.FirstName, c.LastName, SUM(i.Total) FROM Customer c JOIN Invoice i ON i.CustomerId = c.CustomerId "
      "GROUP BY c.CustomerId ORDER BY ROUND(SUM(i.Total), 2) DESC, c.CustomerId LIMIT 10");
}

TEST_F(chinook_sales, customers_who_spent_more_than_an_amount) {
  const auto revenue = sum(col<&Invoice::Total>);
  expect_same(db().query<Invoice>()
                  .group_by(col<&Invoice::CustomerId>)
                  .having(revenue > decimal::parse("42.5") && count() >= 7)
                  .order_by(col<&Invoice::CustomerId>)
                  .select(col<&Invoice::CustomerId>, revenue, count()),
              "SELECT CustomerId, SUM(Total), COUNT(*) FROM Invoice GROUP BY CustomerId "
              "HAVING SUM(Total) > 42.5 AND COUNT(*) >= 7 ORDER BY CustomerId");
}

TEST_F(chinook_sales, monthly_revenue) {
  const auto of_year = year(col<&Invoice::InvoiceDate>);
  const auto of_month = month(col<&Invoice::InvoiceDate>);
  expect_same(db().query<Invoice>()
                  .group_by(of_year, of_month)
                  .order_by(of_year, of_month)
                  .select(of_year, of_month, sum(col<&Invoice::Total>), count()),
              "SELECT " + year_by_hand("InvoiceDate") + ", " + month_by_hand("InvoiceDate") +
                  ", SUM(Total), COUNT(*) FROM Invoice GROUP BY 1, 2 ORDER BY 1, 2");
}

TEST_F(chinook_sales, invoices_of_one_quarter) {
  const timestamp from = timestamp::parse("2022-04-01 00:00:00");
  const timestamp to = timestamp::parse("2022-07-01 00:00:00");
  expect_same(
      db().query<Invoice>()
          .where(col<&Invoice::InvoiceDate> >= from && col<&Invoice::InvoiceDate> < to)
          .order_by(col<&Invoice::InvoiceId>),
      "SELECT * FROM Invoice WHERE InvoiceDate >= '2022-04-01 00:00:00' AND InvoiceDate < '2022-07-01 00:00:00' "
      "ORDER BY InvoiceId");
}

TEST_F(chinook_sales, invoices_above_the_average) {
  expect_same(db().query<Invoice>()
                  .where(col<&Invoice::Total> > subquery(query<Invoice>().select<double>(avg(col<&Invoice::Total>))))
                  .order_by(col<&Invoice::Total>.desc(), col<&Invoice::InvoiceId>)
                  .select(col<&Invoice::InvoiceId>, col<&Invoice::Total>),
              "SELECT InvoiceId, Total FROM Invoice WHERE Total > (SELECT AVG(Total) FROM Invoice) ORDER BY Total "
              "DESC, InvoiceId");
}

TEST_F(chinook_sales, smallest_average_and_largest_invoice) {
  constexpr auto total = col<&Invoice::Total>;
  expect_same(db().query<Invoice>().select(min(total), avg(total), max(total), sum(total), count()),
              "SELECT MIN(Total), AVG(Total), MAX(Total), SUM(Total), COUNT(*) FROM Invoice");
}

TEST_F(chinook_sales, every_invoice_is_the_sum_of_its_lines) {
  const auto lines = sum(col<&InvoiceLine::UnitPrice> * col<&InvoiceLine::Quantity>);
  expect_same(db().query<Invoice>()
                  .join<InvoiceLine>(col<&InvoiceLine::InvoiceId> == col<&Invoice::InvoiceId>)
                  .group_by(col<&Invoice::InvoiceId>)
                  .order_by(col<&Invoice::InvoiceId>)
                  .select(col<&Invoice::InvoiceId>, lines),
              "SELECT InvoiceId, Total FROM Invoice ORDER BY InvoiceId");
}

TEST_F(chinook_sales, customers_by_country) {
  expect_same(db().query<Customer>()
                  .group_by(col<&Customer::Country>)
                  .order_by(count().desc(), col<&Customer::Country>)
                  .select(col<&Customer::Country>, count(), count(col<&Customer::Company>),
                          count_distinct(col<&Customer::City>)),
              "SELECT Country, COUNT(*), COUNT(Company), COUNT(DISTINCT City) FROM Customer GROUP BY Country "
              "ORDER BY COUNT(*) DESC, Country");
}

TEST_F(chinook_sales, revenue_and_customers_by_sales_agent) {
  expect_same(
      db().query<Employee>()
          .join<Customer>(col<&Customer::SupportRepId> == col<&Employee::EmployeeId>)
          .join<Invoice>(col<&Invoice::CustomerId> == col<&Customer::CustomerId>)
          .group_by(col<&Employee::EmployeeId>)
          .order_by(col<&Employee::EmployeeId>)
          .select(col<&Employee::LastName>, count_distinct(col<&Customer::CustomerId>), sum(col<&Invoice::Total>)),
      "SELECT e.LastName, COUNT(DISTINCT c.CustomerId), SUM(i.Total) FROM Employee e "
      "JOIN Customer c ON c.SupportRepId = e.EmployeeId JOIN Invoice i ON i.CustomerId = c.CustomerId "
      "GROUP BY e.EmployeeId ORDER BY e.EmployeeId");
}

TEST_F(chinook_sales, employees_without_customers) {
  expect_same(db().query<Employee>()
                  .where(!exists(query<Customer>().correlate<Employee>().where(col<&Customer::SupportRepId> ==
                                                                               col<&Employee::EmployeeId>)))
                  .order_by(col<&Employee::EmployeeId>)
                  .select(col<&Employee::EmployeeId>, col<&Employee::Title>, col<&Employee::HireDate>),
              "SELECT EmployeeId, Title, HireDate FROM Employee e WHERE NOT EXISTS "
              "(SELECT 1 FROM Customer c WHERE c.SupportRepId = e.EmployeeId) ORDER BY EmployeeId");
}

TEST_F(chinook_sales, how_many_customers_every_employee_has_though_it_be_none) {
  expect_same(
      db().query<Employee>()
          .left_join<Customer>(col<&Customer::SupportRepId> == col<&Employee::EmployeeId>)
          .group_by(col<&Employee::EmployeeId>)
          .order_by(col<&Employee::LastName>)
          .select(col<&Employee::LastName>, count(col<&Customer::CustomerId>)),
      "SELECT e.LastName, COUNT(c.CustomerId) FROM Employee e LEFT JOIN Customer c ON c.SupportRepId = e.EmployeeId "
      "GROUP BY e.EmployeeId ORDER BY e.LastName");
}

TEST_F(chinook_sales, customers_found_by_a_part_of_their_address) {
  expect_same(
      db().query<Customer>()
          .where(col<&Customer::Email>.ends_with("@gmail.com") &&
                 (col<&Customer::Country>.in("Brazil", "Canada", "Germany") || col<&Customer::Company>.is_not_null()) &&
                 !col<&Customer::Address>.contains("ß"))
          .order_by(col<&Customer::LastName>, col<&Customer::FirstName>)
          .select(col<&Customer::CustomerId>, col<&Customer::Email>, col<&Customer::State>),
      "SELECT CustomerId, Email, State FROM Customer WHERE Email LIKE '%@gmail.com' AND "
      "(Country IN ('Brazil', 'Canada', 'Germany') OR Company IS NOT NULL) AND Address NOT LIKE '%ß%' "
      "ORDER BY LastName, FirstName");
}

TEST_F(chinook_sales, states_or_else_countries_of_customers) {
  expect_same(db().query<Customer>()
                  .order_by(col<&Customer::CustomerId>)
                  .select(upper(col<&Customer::LastName>), coalesce(col<&Customer::State>, "none"),
                          length(col<&Customer::FirstName>)),
              "SELECT UPPER(LastName), COALESCE(State, 'none'), LENGTH(FirstName) FROM Customer ORDER BY CustomerId");
}

TEST_F(chinook_sales, the_last_page_of_invoices) {
  const auto last = sync_wait(db().query<Invoice>().order_by(col<&Invoice::InvoiceId>).page(9, 50));
  std::vector<cells> found;
  for (const Invoice& invoice : last.items) found.push_back(cells_of(invoice));
  expect_same_rows(found, "SELECT * FROM Invoice ORDER BY InvoiceId LIMIT 50 OFFSET 400");
  EXPECT_EQ(last.total, 412);
  EXPECT_FALSE(last.has_next());
  EXPECT_TRUE(last.has_prev());
}

}  // namespace
}  // namespace tupelo::chinook
