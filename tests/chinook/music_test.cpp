// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

/// Questions about artists, tracks and playlists.
namespace tupelo::chinook {
namespace {

class chinook_music : public chinook_test {};

TEST_F(chinook_music, tracks_never_sold) {
  const auto sold = query<InvoiceLine>().select<integer>(col<&InvoiceLine::TrackId>);
  expect_same(db().query<Track>().where(!col<&Track::TrackId>.in(sold)).order_by(col<&Track::TrackId>),
              "SELECT * FROM Track WHERE TrackId NOT IN (SELECT TrackId FROM InvoiceLine) ORDER BY TrackId");
}

TEST_F(chinook_music, tracks_never_sold_asked_row_by_row) {
  const auto sale = query<InvoiceLine>().correlate<Track>().where(col<&InvoiceLine::TrackId> == col<&Track::TrackId>);
  expect_same(db().query<Track>()
                  .where(col<&Track::GenreId> == 1 && !exists(sale))
                  .order_by(col<&Track::TrackId>)
                  .select<integer>(col<&Track::TrackId>),
              "SELECT t.TrackId FROM Track t LEFT JOIN InvoiceLine l ON l.TrackId = t.TrackId "
              "WHERE t.GenreId = 1 AND l.InvoiceLineId IS NULL ORDER BY t.TrackId");
}

TEST_F(chinook_music, playlists_that_share_a_track_with_a_given_one) {
  const auto tracks =
      query<PlaylistTrack>().where(col<&PlaylistTrack::PlaylistId> == 14).select<integer>(col<&PlaylistTrack::TrackId>);
  expect_same(
      db().query<Playlist>()
          .join<PlaylistTrack>(col<&PlaylistTrack::PlaylistId> == col<&Playlist::PlaylistId>)
          .where(col<&PlaylistTrack::TrackId>.in(tracks) && col<&Playlist::PlaylistId> != 14)
          .group_by(col<&Playlist::PlaylistId>)
          .order_by(count().desc(), col<&Playlist::PlaylistId>)
          .select(col<&Playlist::PlaylistId>, col<&Playlist::Name>, count()),
      "SELECT p.PlaylistId, p.Name, COUNT(*) FROM PlaylistTrack a JOIN PlaylistTrack b ON b.TrackId = a.TrackId "
      "JOIN Playlist p ON p.PlaylistId = b.PlaylistId WHERE a.PlaylistId = 14 AND b.PlaylistId <> 14 "
      "GROUP BY p.PlaylistId ORDER BY COUNT(*) DESC, p.PlaylistId");
}

TEST_F(chinook_music, best_selling_genres) {
  const auto sold = sum(col<&InvoiceLine::Quantity>);
  expect_same(db().query<Genre>()
                  .join<Track>(col<&Track::GenreId> == col<&Genre::GenreId>)
                  .join<InvoiceLine>(col<&InvoiceLine::TrackId> == col<&Track::TrackId>)
                  .group_by(col<&Genre::GenreId>)
                  .order_by(sold.desc(), col<&Genre::Name>)
                  .limit(5)
                  .select(col<&Genre::Name>, sold, sum(col<&InvoiceLine::UnitPrice> * col<&InvoiceLine::Quantity>)),
              "SELECT g.Name, SUM(l.Quantity), SUM(l.UnitPrice * l.Quantity) FROM Genre g JOIN Track t ON t.GenreId = "
              "g.GenreId "
              "JOIN InvoiceLine l ON l.TrackId = t.TrackId GROUP BY g.GenreId ORDER BY 2 DESC, g.Name LIMIT 5");
}

TEST_F(chinook_music, artists_with_more_than_nine_albums) {
  expect_same(db().query<Artist>()
                  .join<Album>(col<&Album::ArtistId> == col<&Artist::ArtistId>)
                  .group_by(col<&Artist::ArtistId>)
                  .having(count() > 9)
                  .order_by(count().desc(), col<&Artist::Name>)
                  .select(col<&Artist::Name>, count()),
              "SELECT a.Name, COUNT(*) FROM Artist a JOIN Album b ON b.ArtistId = a.ArtistId GROUP BY a.ArtistId "
              "HAVING COUNT(*) > 9 ORDER BY COUNT(*) DESC, a.Name");
}

TEST_F(chinook_music, artists_without_an_album) {
  expect_same(
      db().query<Artist>()
          .where(!col<&Artist::ArtistId>.in(query<Album>().select<integer>(col<&Album::ArtistId>)))
          .order_by(col<&Artist::ArtistId>),
      "SELECT ArtistId, Name FROM Artist WHERE NOT EXISTS (SELECT 1 FROM Album b WHERE b.ArtistId = Artist.ArtistId) "
      "ORDER BY ArtistId");
}

TEST_F(chinook_music, longest_tracks_that_are_not_video) {
  expect_same(
      db().query<Track>()
          .join<MediaType>(col<&MediaType::MediaTypeId> == col<&Track::MediaTypeId>)
          .where(!col<&MediaType::Name>.contains("video"))
          .order_by(col<&Track::Milliseconds>.desc())
          .limit(10)
          .select(col<&Track::Name>, col<&Track::Milliseconds> / 1000, col<&MediaType::Name>),
      "SELECT t.Name, t.Milliseconds / 1000, m.Name FROM Track t JOIN MediaType m ON m.MediaTypeId = t.MediaTypeId "
      "WHERE m.Name NOT LIKE '%video%' ORDER BY t.Milliseconds DESC LIMIT 10");
}

TEST_F(chinook_music, distinct_composers_of_rock) {
  expect_same(db().query<Track>()
                  .where(col<&Track::GenreId> == 1 && col<&Track::Composer>.is_not_null())
                  .distinct()
                  .order_by(col<&Track::Composer>)
                  .select<text>(col<&Track::Composer>),
              "SELECT DISTINCT Composer FROM Track WHERE GenreId = 1 AND Composer IS NOT NULL ORDER BY Composer");
}

TEST_F(chinook_music, tracks_by_media_type_with_their_sizes) {
  expect_same(db().query<MediaType>()
                  .left_join<Track>(col<&Track::MediaTypeId> == col<&MediaType::MediaTypeId>)
                  .group_by(col<&MediaType::MediaTypeId>)
                  .order_by(col<&MediaType::MediaTypeId>)
                  .select(col<&MediaType::Name>, count(col<&Track::TrackId>), sum(col<&Track::Bytes>),
                          avg(col<&Track::Milliseconds>)),
              "SELECT m.Name, COUNT(t.TrackId), SUM(t.Bytes), AVG(t.Milliseconds) FROM MediaType m "
              "LEFT JOIN Track t ON t.MediaTypeId = m.MediaTypeId GROUP BY m.MediaTypeId ORDER BY m.MediaTypeId");
}

TEST_F(chinook_music, tracks_of_some_media_types_within_a_price_and_a_length) {
  expect_same(
      db().query<Track>()
          .where(col<&Track::MediaTypeId>.in(3, 4, 5) && col<&Track::UnitPrice> < 1 &&
                 col<&Track::Milliseconds>.between(200'000, 260'000))
          .order_by(col<&Track::TrackId>),
      "SELECT * FROM Track WHERE MediaTypeId IN (3, 4, 5) AND UnitPrice < 1 AND Milliseconds BETWEEN 200000 AND 260000 "
      "ORDER BY TrackId");
}

TEST_F(chinook_music, tracks_longer_than_the_average_of_all_by_genre) {
  const auto average = subquery(query<Track>().select<double>(avg(col<&Track::Milliseconds>)));
  expect_same(db().query<Genre>()
                  .join<Track>(col<&Track::GenreId> == col<&Genre::GenreId> && col<&Track::Milliseconds> > average)
                  .group_by(col<&Genre::GenreId>)
                  .order_by(col<&Genre::GenreId>)
                  .select(col<&Genre::Name>, count()),
              "SELECT g.Name, COUNT(*) FROM Genre g JOIN Track t ON t.GenreId = g.GenreId "
              "WHERE t.Milliseconds > (SELECT AVG(Milliseconds) FROM Track) GROUP BY g.GenreId ORDER BY g.GenreId");
}

TEST_F(chinook_music, tracks_longer_than_the_average_of_their_album) {
  const auto other = alias<Track>("other");
  const auto average = subquery(query(other)
                                    .correlate<Track>()
                                    .where(other(&Track::AlbumId) == col<&Track::AlbumId>)
                                    .select<double>(avg(other(&Track::Milliseconds))));
  expect_same(db().query<Track>()
                  .where(col<&Track::AlbumId>.in(1, 3, 5) && col<&Track::Milliseconds> > average)
                  .order_by(col<&Track::AlbumId>, col<&Track::TrackId>)
                  .select(col<&Track::AlbumId>, col<&Track::Name>),
              "SELECT AlbumId, Name FROM Track t WHERE AlbumId IN (1, 3, 5) AND Milliseconds > "
              "(SELECT AVG(Milliseconds) FROM Track o WHERE o.AlbumId = t.AlbumId) ORDER BY AlbumId, TrackId");
}

TEST_F(chinook_music, playlists_without_tracks) {
  const auto tracks =
      query<PlaylistTrack>().correlate<Playlist>().where(col<&PlaylistTrack::PlaylistId> == col<&Playlist::PlaylistId>);
  expect_same(db().query<Playlist>()
                  .where(!exists(tracks))
                  .order_by(col<&Playlist::PlaylistId>)
                  .select(col<&Playlist::PlaylistId>, col<&Playlist::Name>),
              "SELECT PlaylistId, Name FROM Playlist WHERE PlaylistId NOT IN (SELECT PlaylistId FROM PlaylistTrack) "
              "ORDER BY PlaylistId");
}

TEST_F(chinook_music, a_row_with_a_composite_key_is_found_by_both_parts) {
  const std::vector<cells> found{cells_of(sync_wait(db().get<PlaylistTrack>(1, 3402)))};
  expect_same_rows(found, "SELECT PlaylistId, TrackId FROM PlaylistTrack WHERE PlaylistId = 1 AND TrackId = 3402");
}

TEST_F(chinook_music, a_stream_gives_all_playlist_entries) {
  std::vector<cells> found;
  auto rows =
      db().query<PlaylistTrack>().order_by(col<&PlaylistTrack::PlaylistId>, col<&PlaylistTrack::TrackId>).stream();
  while (const PlaylistTrack* row = sync_wait(rows.next())) found.push_back(cells_of(*row));
  expect_same_rows(found, "SELECT PlaylistId, TrackId FROM PlaylistTrack ORDER BY 1, 2");
}

}  // namespace
}  // namespace tupelo::chinook
