// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

/// Questions that relations answer.
namespace tupelo::chinook {
namespace {

class chinook_relations : public chinook_test {};

TEST_F(chinook_relations, all_tracks_of_the_albums_of_some_artists) {
  const auto artists =
      sync_wait(db().query<Artist>()
                    .where(col<&Artist::Name>.in("AC/DC", "Iron Maiden", "Chico Science & Nação Zumbi"))
                    .order_by(col<&Artist::ArtistId>)
                    .with(&Artist::albums,
                          [](auto& q) {
                            q.order_by(col<&Album::AlbumId>).with(&Album::tracks, [](auto& t) {
                              t.order_by(col<&Track::TrackId>);
                            });
                          })
                    .all());
  std::vector<cells> found;
  for (const Artist& artist : artists) {
    for (const Album& album : artist.albums) {
      for (const Track& track : album.tracks) found.push_back({artist.Name, album.Title, track.Name});
    }
  }
  expect_same_rows(found,
                   "SELECT a.Name, b.Title, t.Name FROM Artist a JOIN Album b ON b.ArtistId = a.ArtistId JOIN Track t "
                   "ON t.AlbumId = b.AlbumId WHERE a.Name IN ('AC/DC', 'Iron Maiden', 'Chico Science & Nação Zumbi') "
                   "ORDER BY a.ArtistId, b.AlbumId, t.TrackId");
}

TEST_F(chinook_relations, three_cheapest_and_longest_tracks_of_each_genre) {
  const auto genres = sync_wait(
      db().query<Genre>()
          .order_by(col<&Genre::GenreId>)
          .with(&Genre::tracks,
                [](auto& q) { q.order_by(col<&Track::UnitPrice>).order_by(col<&Track::Milliseconds>.desc()).limit(3); })
          .all());
  std::vector<cells> found;
  for (const Genre& genre : genres) {
    for (const Track& track : genre.tracks) found.push_back({genre.GenreId, track.TrackId, track.Milliseconds});
  }
  expect_same_rows(found,
                   "SELECT GenreId, TrackId, Milliseconds FROM (SELECT t.*, ROW_NUMBER() OVER (PARTITION BY GenreId "
                   "ORDER BY UnitPrice, Milliseconds DESC, TrackId) AS place FROM Track t) r WHERE place <= 3 AND "
                   "GenreId IS NOT NULL ORDER BY GenreId, place");
}

TEST_F(chinook_relations, second_and_third_track_of_each_playlist) {
  const auto playlists =
      sync_wait(db().query<Playlist>()
                    .order_by(col<&Playlist::PlaylistId>)
                    .with(&Playlist::tracks, [](auto& q) { q.order_by(col<&Track::Milliseconds>).offset(1).limit(2); })
                    .all());
  std::vector<cells> found;
  for (const Playlist& playlist : playlists) {
    for (const Track& track : playlist.tracks) found.push_back({playlist.PlaylistId, track.TrackId});
  }
  expect_same_rows(found,
                   "SELECT PlaylistId, TrackId FROM (SELECT p.PlaylistId, p.TrackId, ROW_NUMBER() OVER (PARTITION BY "
                   "p.PlaylistId ORDER BY t.Milliseconds, t.TrackId) AS place FROM PlaylistTrack p JOIN Track t ON "
                   "t.TrackId = p.TrackId) r WHERE place IN (2, 3) ORDER BY PlaylistId, place");
}

TEST_F(chinook_relations, playlists_of_the_tracks_of_an_album) {
  const auto tracks = sync_wait(db().query<Track>()
                                    .where(col<&Track::AlbumId> == 1)
                                    .order_by(col<&Track::TrackId>)
                                    .with(&Track::playlists, [](auto& q) { q.order_by(col<&Playlist::PlaylistId>); })
                                    .all());
  std::vector<cells> found;
  for (const Track& track : tracks) {
    for (const Playlist& playlist : track.playlists) found.push_back({track.TrackId, playlist.Name});
  }
  expect_same_rows(
      found, "SELECT t.TrackId, p.Name FROM Track t JOIN PlaylistTrack x ON x.TrackId = t.TrackId JOIN Playlist p "
             "ON p.PlaylistId = x.PlaylistId WHERE t.AlbumId = 1 ORDER BY t.TrackId, p.PlaylistId");
}

TEST_F(chinook_relations, customers_with_their_reps_and_the_reps_managers) {
  const auto customers = sync_wait(db().query<Customer>()
                                       .order_by(col<&Customer::CustomerId>)
                                       .with(&Customer::support_rep, &Employee::manager)
                                       .all());
  std::vector<cells> found;
  for (const Customer& customer : customers) {
    found.push_back({customer.CustomerId, customer.support_rep->LastName, customer.support_rep->manager->LastName});
  }
  expect_same_rows(found,
                   "SELECT c.CustomerId, e.LastName, m.LastName FROM Customer c JOIN Employee e ON e.EmployeeId = "
                   "c.SupportRepId JOIN Employee m ON m.EmployeeId = e.ReportsTo ORDER BY c.CustomerId");
}

TEST_F(chinook_relations, everybody_below_the_boss) {
  const auto boss = sync_wait(db().query<Employee>()
                                  .where_doesnt_have(&Employee::manager)
                                  .with(&Employee::reports,
                                        [](auto& q) {
                                          q.order_by(col<&Employee::EmployeeId>).with(&Employee::reports, [](auto& e) {
                                            e.order_by(col<&Employee::EmployeeId>);
                                          });
                                        })
                                  .one());
  std::vector<cells> found;
  for (const Employee& manager : boss.reports) {
    for (const Employee& employee : manager.reports) {
      found.push_back({boss.LastName, manager.LastName, employee.LastName});
    }
  }
  expect_same_rows(found, "SELECT b.LastName, m.LastName, e.LastName FROM Employee b JOIN Employee m ON m.ReportsTo = "
                          "b.EmployeeId JOIN Employee e ON e.ReportsTo = m.EmployeeId WHERE b.ReportsTo IS NULL "
                          "ORDER BY m.EmployeeId, e.EmployeeId");
}

TEST_F(chinook_relations, customers_who_bought_jazz) {
  expect_same(
      db().query<Customer>()
          .where_has(&Customer::invoices, &Invoice::lines, &InvoiceLine::track, &Track::genre,
                     [](auto& q) { q.where(col<&Genre::Name> == "Jazz"); })
          .order_by(col<&Customer::CustomerId>)
          .select<integer>(col<&Customer::CustomerId>),
      "SELECT DISTINCT i.CustomerId FROM Invoice i JOIN InvoiceLine l ON l.InvoiceId = i.InvoiceId JOIN Track t "
      "ON t.TrackId = l.TrackId JOIN Genre g ON g.GenreId = t.GenreId WHERE g.Name = 'Jazz' ORDER BY 1");
}

TEST_F(chinook_relations, artists_without_an_album_and_tracks_on_no_small_playlist) {
  expect_same(db().query<Artist>().where_doesnt_have(&Artist::albums).order_by(col<&Artist::ArtistId>),
              "SELECT a.ArtistId, a.Name FROM Artist a LEFT JOIN Album b ON b.ArtistId = a.ArtistId WHERE b.AlbumId IS "
              "NULL ORDER BY a.ArtistId");
  expect_same(db().query<Track>()
                  .where(!has(&Track::playlists, [](auto& q) { q.where(count_of(&Playlist::tracks) < 1000); }) &&
                         !has(&Track::lines))
                  .order_by(col<&Track::TrackId>)
                  .select<integer>(col<&Track::TrackId>),
              "SELECT TrackId FROM Track WHERE TrackId NOT IN (SELECT TrackId FROM InvoiceLine) AND TrackId NOT IN "
              "(SELECT TrackId FROM PlaylistTrack WHERE PlaylistId IN (SELECT PlaylistId FROM PlaylistTrack GROUP BY "
              "PlaylistId HAVING COUNT(*) < 1000)) ORDER BY TrackId");
}

TEST_F(chinook_relations, genres_by_the_number_of_their_tracks_and_of_the_long_ones) {
  const auto longer = [](auto& q) { q.where(col<&Track::Milliseconds> > 300000); };
  expect_same(
      db().query<Genre>()
          .where(count_of(&Genre::tracks) >= 20)
          .order_by(count_of(&Genre::tracks).desc(), col<&Genre::GenreId>)
          .select(col<&Genre::Name>, count_of(&Genre::tracks), count_of(&Genre::tracks, longer)),
      "SELECT g.Name, COUNT(*), SUM(CASE WHEN t.Milliseconds > 300000 THEN 1 ELSE 0 END) FROM Genre g JOIN Track "
      "t ON t.GenreId = g.GenreId GROUP BY g.GenreId, g.Name HAVING COUNT(*) >= 20 ORDER BY COUNT(*) DESC, "
      "g.GenreId");
}

TEST_F(chinook_relations, managers_of_reps_with_many_customers) {
  expect_same(db().query<Employee>()
                  .where_has(&Employee::reports, [](auto& q) { q.where(count_of(&Employee::customers) > 20); })
                  .select<std::string>(col<&Employee::LastName>),
              "SELECT DISTINCT m.LastName FROM Employee m JOIN Employee e ON e.ReportsTo = m.EmployeeId WHERE (SELECT "
              "COUNT(*) FROM Customer c WHERE c.SupportRepId = e.EmployeeId) > 20");
}

}  // namespace
}  // namespace tupelo::chinook
