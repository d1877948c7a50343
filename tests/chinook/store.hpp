// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "naming.hpp"

#include <tupelo/query/column.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/timestamp.hpp>

#include <optional>
#include <string>

/// The eleven tables of Chinook, a store of digital media. Structs and fields are named as SQLite's tables and columns
/// are; naming.hpp of the folder `sqlite` or `postgres` says how that database's script names and types them.
namespace tupelo::chinook {

using text = std::optional<std::string>;

struct Album;
struct Customer;
struct Invoice;
struct InvoiceLine;
struct Playlist;
struct Track;

struct Artist {
  integer ArtistId{};
  text Name;
  has_many<Album> albums;

  static void model(tupelo::model<Artist>& m) {
    call_as_there(m, "Artist").primary_key(&Artist::ArtistId);
    m.column(&Artist::Name).length(120);
    m.has_many(&Artist::albums, name_there("ArtistId"));
  }
};

struct Album {
  integer AlbumId{};
  std::string Title;
  integer ArtistId{};
  belongs_to<Artist> artist;
  has_many<Track> tracks;

  static void model(tupelo::model<Album>& m) {
    call_as_there(m, "Album").primary_key(&Album::AlbumId);
    m.column(&Album::Title).length(160);
    m.belongs_to(&Album::artist, &Album::ArtistId);
    m.has_many(&Album::tracks, name_there("AlbumId"));
    m.index(&Album::ArtistId).named(index_name("AlbumArtistId"));
  }
};

struct Employee {
  integer EmployeeId{};
  std::string LastName, FirstName;
  text Title;
  std::optional<integer> ReportsTo;
  std::optional<timestamp> BirthDate, HireDate;
  text Address, City, State, Country, PostalCode, Phone, Fax, Email;
  belongs_to<Employee> manager;
  has_many<Employee> reports;
  has_many<Customer> customers;

  static void model(tupelo::model<Employee>& m) {
    call_as_there(m, "Employee").primary_key(&Employee::EmployeeId);
    m.column(&Employee::LastName).length(20);
    m.column(&Employee::FirstName).length(20);
    m.column(&Employee::Title).length(30);
    as_local_time(m.column(&Employee::BirthDate));
    as_local_time(m.column(&Employee::HireDate));
    m.column(&Employee::Address).length(70);
    m.column(&Employee::City).length(40);
    m.column(&Employee::State).length(40);
    m.column(&Employee::Country).length(40);
    m.column(&Employee::PostalCode).length(10);
    m.column(&Employee::Phone).length(24);
    m.column(&Employee::Fax).length(24);
    m.column(&Employee::Email).length(60);
    m.belongs_to(&Employee::manager, &Employee::ReportsTo);
    m.has_many(&Employee::reports, name_there("ReportsTo"));
    m.has_many(&Employee::customers, name_there("SupportRepId"));
    m.index(&Employee::ReportsTo).named(index_name("EmployeeReportsTo"));
  }
};

struct Customer {
  integer CustomerId{};
  std::string FirstName, LastName;
  text Company, Address, City, State, Country, PostalCode, Phone, Fax;
  std::string Email;
  std::optional<integer> SupportRepId;
  belongs_to<Employee> support_rep;
  has_many<Invoice> invoices;

  static void model(tupelo::model<Customer>& m) {
    call_as_there(m, "Customer").primary_key(&Customer::CustomerId);
    m.column(&Customer::FirstName).length(40);
    m.column(&Customer::LastName).length(20);
    m.column(&Customer::Company).length(80);
    m.column(&Customer::Address).length(70);
    m.column(&Customer::City).length(40);
    m.column(&Customer::State).length(40);
    m.column(&Customer::Country).length(40);
    m.column(&Customer::PostalCode).length(10);
    m.column(&Customer::Phone).length(24);
    m.column(&Customer::Fax).length(24);
    m.column(&Customer::Email).length(60);
    m.belongs_to(&Customer::support_rep, &Customer::SupportRepId);
    m.has_many(&Customer::invoices, name_there("CustomerId"));
    m.index(&Customer::SupportRepId).named(index_name("CustomerSupportRepId"));
  }
};

struct Genre {
  integer GenreId{};
  text Name;
  has_many<Track> tracks;

  static void model(tupelo::model<Genre>& m) {
    call_as_there(m, "Genre").primary_key(&Genre::GenreId);
    m.has_many(&Genre::tracks, name_there("GenreId"));
    m.column(&Genre::Name).length(120);
  }
};

struct MediaType {
  integer MediaTypeId{};
  text Name;
  has_many<Track> tracks;

  static void model(tupelo::model<MediaType>& m) {
    call_as_there(m, "MediaType").primary_key(&MediaType::MediaTypeId);
    m.has_many(&MediaType::tracks, name_there("MediaTypeId"));
    m.column(&MediaType::Name).length(120);
  }
};

struct Track {
  integer TrackId{};
  std::string Name;
  std::optional<integer> AlbumId;
  integer MediaTypeId{};
  std::optional<integer> GenreId;
  text Composer;
  integer Milliseconds{};
  std::optional<integer> Bytes;
  decimal UnitPrice;
  belongs_to<Album> album;
  belongs_to<Genre> genre;
  belongs_to<MediaType> media_type;
  has_many<InvoiceLine> lines;
  many_to_many<Playlist> playlists;

  static void model(tupelo::model<Track>& m) {
    call_as_there(m, "Track").primary_key(&Track::TrackId);
    m.column(&Track::Name).length(200);
    m.column(&Track::Composer).length(220);
    m.column(&Track::UnitPrice).precision(10, 2);
    m.belongs_to(&Track::album, &Track::AlbumId);
    m.belongs_to(&Track::genre, &Track::GenreId);
    m.belongs_to(&Track::media_type, &Track::MediaTypeId);
    m.has_many(&Track::lines, name_there("TrackId"));
    m.many_to_many(&Track::playlists, name_there("PlaylistTrack"), name_there("TrackId"), name_there("PlaylistId"));
    m.index(&Track::AlbumId).named(index_name("TrackAlbumId"));
    m.index(&Track::GenreId).named(index_name("TrackGenreId"));
    m.index(&Track::MediaTypeId).named(index_name("TrackMediaTypeId"));
  }
};

struct Playlist {
  integer PlaylistId{};
  text Name;
  many_to_many<Track> tracks;

  static void model(tupelo::model<Playlist>& m) {
    call_as_there(m, "Playlist").primary_key(&Playlist::PlaylistId);
    m.many_to_many(&Playlist::tracks, name_there("PlaylistTrack"), name_there("PlaylistId"), name_there("TrackId"));
    m.column(&Playlist::Name).length(120);
  }
};

struct PlaylistTrack {
  integer PlaylistId{};
  integer TrackId{};

  static void model(tupelo::model<PlaylistTrack>& m) {
    call_as_there(m, "PlaylistTrack").primary_key(&PlaylistTrack::PlaylistId, &PlaylistTrack::TrackId);
    m.foreign_key(&PlaylistTrack::PlaylistId).references<Playlist>();
    m.foreign_key(&PlaylistTrack::TrackId).references<Track>();
    m.index(&PlaylistTrack::PlaylistId).named(index_name("PlaylistTrackPlaylistId"));
    m.index(&PlaylistTrack::TrackId).named(index_name("PlaylistTrackTrackId"));
  }
};

struct Invoice {
  integer InvoiceId{};
  integer CustomerId{};
  timestamp InvoiceDate{};
  text BillingAddress, BillingCity, BillingState, BillingCountry, BillingPostalCode;
  decimal Total;
  belongs_to<Customer> customer;
  has_many<InvoiceLine> lines;

  static void model(tupelo::model<Invoice>& m) {
    call_as_there(m, "Invoice").primary_key(&Invoice::InvoiceId);
    as_local_time(m.column(&Invoice::InvoiceDate));
    m.column(&Invoice::BillingAddress).length(70);
    m.column(&Invoice::BillingCity).length(40);
    m.column(&Invoice::BillingState).length(40);
    m.column(&Invoice::BillingCountry).length(40);
    m.column(&Invoice::BillingPostalCode).length(10);
    m.column(&Invoice::Total).precision(10, 2);
    m.belongs_to(&Invoice::customer, &Invoice::CustomerId);
    m.has_many(&Invoice::lines, name_there("InvoiceId"));
    m.index(&Invoice::CustomerId).named(index_name("InvoiceCustomerId"));
  }
};

struct InvoiceLine {
  integer InvoiceLineId{};
  integer InvoiceId{};
  integer TrackId{};
  decimal UnitPrice;
  integer Quantity{};
  belongs_to<Invoice> invoice;
  belongs_to<Track> track;

  static void model(tupelo::model<InvoiceLine>& m) {
    call_as_there(m, "InvoiceLine").primary_key(&InvoiceLine::InvoiceLineId);
    m.column(&InvoiceLine::UnitPrice).precision(10, 2);
    m.belongs_to(&InvoiceLine::invoice, &InvoiceLine::InvoiceId);
    m.belongs_to(&InvoiceLine::track, &InvoiceLine::TrackId);
    m.index(&InvoiceLine::InvoiceId).named(index_name("InvoiceLineInvoiceId"));
    m.index(&InvoiceLine::TrackId).named(index_name("InvoiceLineTrackId"));
  }
};

}  // namespace tupelo::chinook
