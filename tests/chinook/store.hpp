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

struct Artist {
  integer ArtistId{};
  text Name;

  static void model(tupelo::model<Artist>& m) {
    call_as_there(m, "Artist").primary_key(&Artist::ArtistId);
    m.column(&Artist::Name).length(120);
  }
};

struct Album {
  integer AlbumId{};
  std::string Title;
  integer ArtistId{};

  static void model(tupelo::model<Album>& m) {
    call_as_there(m, "Album").primary_key(&Album::AlbumId);
    m.column(&Album::Title).length(160);
    m.foreign_key(&Album::ArtistId).references<Artist>();
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
    m.foreign_key(&Employee::ReportsTo).references<Employee>();
    m.index(&Employee::ReportsTo).named(index_name("EmployeeReportsTo"));
  }
};

struct Customer {
  integer CustomerId{};
  std::string FirstName, LastName;
  text Company, Address, City, State, Country, PostalCode, Phone, Fax;
  std::string Email;
  std::optional<integer> SupportRepId;

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
    m.foreign_key(&Customer::SupportRepId).references<Employee>();
    m.index(&Customer::SupportRepId).named(index_name("CustomerSupportRepId"));
  }
};

struct Genre {
  integer GenreId{};
  text Name;

  static void model(tupelo::model<Genre>& m) {
    call_as_there(m, "Genre").primary_key(&Genre::GenreId);
    m.column(&Genre::Name).length(120);
  }
};

struct MediaType {
  integer MediaTypeId{};
  text Name;

  static void model(tupelo::model<MediaType>& m) {
    call_as_there(m, "MediaType").primary_key(&MediaType::MediaTypeId);
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

  static void model(tupelo::model<Track>& m) {
    call_as_there(m, "Track").primary_key(&Track::TrackId);
    m.column(&Track::Name).length(200);
    m.column(&Track::Composer).length(220);
    m.column(&Track::UnitPrice).precision(10, 2);
    m.foreign_key(&Track::AlbumId).references<Album>();
    m.foreign_key(&Track::GenreId).references<Genre>();
    m.foreign_key(&Track::MediaTypeId).references<MediaType>();
    m.index(&Track::AlbumId).named(index_name("TrackAlbumId"));
    m.index(&Track::GenreId).named(index_name("TrackGenreId"));
    m.index(&Track::MediaTypeId).named(index_name("TrackMediaTypeId"));
  }
};

struct Playlist {
  integer PlaylistId{};
  text Name;

  static void model(tupelo::model<Playlist>& m) {
    call_as_there(m, "Playlist").primary_key(&Playlist::PlaylistId);
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

  static void model(tupelo::model<Invoice>& m) {
    call_as_there(m, "Invoice").primary_key(&Invoice::InvoiceId);
    as_local_time(m.column(&Invoice::InvoiceDate));
    m.column(&Invoice::BillingAddress).length(70);
    m.column(&Invoice::BillingCity).length(40);
    m.column(&Invoice::BillingState).length(40);
    m.column(&Invoice::BillingCountry).length(40);
    m.column(&Invoice::BillingPostalCode).length(10);
    m.column(&Invoice::Total).precision(10, 2);
    m.foreign_key(&Invoice::CustomerId).references<Customer>();
    m.index(&Invoice::CustomerId).named(index_name("InvoiceCustomerId"));
  }
};

struct InvoiceLine {
  integer InvoiceLineId{};
  integer InvoiceId{};
  integer TrackId{};
  decimal UnitPrice;
  integer Quantity{};

  static void model(tupelo::model<InvoiceLine>& m) {
    call_as_there(m, "InvoiceLine").primary_key(&InvoiceLine::InvoiceLineId);
    m.column(&InvoiceLine::UnitPrice).precision(10, 2);
    m.foreign_key(&InvoiceLine::InvoiceId).references<Invoice>();
    m.foreign_key(&InvoiceLine::TrackId).references<Track>();
    m.index(&InvoiceLine::InvoiceId).named(index_name("InvoiceLineInvoiceId"));
    m.index(&InvoiceLine::TrackId).named(index_name("InvoiceLineTrackId"));
  }
};

}  // namespace tupelo::chinook
