// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/column.hpp>
#include <tupelo/model/model.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// The eleven tables of Chinook, a store of digital media. Tables and columns are named as they are there, hence so are
/// the structs and fields.
namespace tupelo::chinook {

using text = std::optional<std::string>;

struct Artist {
  std::int64_t ArtistId{};
  text Name;

  static void model(tupelo::model<Artist>& m) {
    m.names_as_written().primary_key(&Artist::ArtistId);
    m.column(&Artist::Name).length(120);
  }
};

struct Album {
  std::int64_t AlbumId{};
  std::string Title;
  std::int64_t ArtistId{};

  static void model(tupelo::model<Album>& m) {
    m.names_as_written().primary_key(&Album::AlbumId);
    m.column(&Album::Title).length(160);
    m.foreign_key(&Album::ArtistId).references<Artist>();
    m.index(&Album::ArtistId).named("IFK_AlbumArtistId");
  }
};

struct Employee {
  std::int64_t EmployeeId{};
  std::string LastName, FirstName;
  text Title;
  std::optional<std::int64_t> ReportsTo;
  std::optional<timestamp> BirthDate, HireDate;
  text Address, City, State, Country, PostalCode, Phone, Fax, Email;

  static void model(tupelo::model<Employee>& m) {
    m.names_as_written().primary_key(&Employee::EmployeeId);
    m.column(&Employee::LastName).length(20);
    m.column(&Employee::FirstName).length(20);
    m.column(&Employee::Title).length(30);
    m.column(&Employee::Address).length(70);
    m.column(&Employee::City).length(40);
    m.column(&Employee::State).length(40);
    m.column(&Employee::Country).length(40);
    m.column(&Employee::PostalCode).length(10);
    m.column(&Employee::Phone).length(24);
    m.column(&Employee::Fax).length(24);
    m.column(&Employee::Email).length(60);
    m.foreign_key(&Employee::ReportsTo).references<Employee>();
    m.index(&Employee::ReportsTo).named("IFK_EmployeeReportsTo");
  }
};

struct Customer {
  std::int64_t CustomerId{};
  std::string FirstName, LastName;
  text Company, Address, City, State, Country, PostalCode, Phone, Fax;
  std::string Email;
  std::optional<std::int64_t> SupportRepId;

  static void model(tupelo::model<Customer>& m) {
    m.names_as_written().primary_key(&Customer::CustomerId);
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
    m.index(&Customer::SupportRepId).named("IFK_CustomerSupportRepId");
  }
};

struct Genre {
  std::int64_t GenreId{};
  text Name;

  static void model(tupelo::model<Genre>& m) {
    m.names_as_written().primary_key(&Genre::GenreId);
    m.column(&Genre::Name).length(120);
  }
};

struct MediaType {
  std::int64_t MediaTypeId{};
  text Name;

  static void model(tupelo::model<MediaType>& m) {
    m.names_as_written().primary_key(&MediaType::MediaTypeId);
    m.column(&MediaType::Name).length(120);
  }
};

struct Track {
  std::int64_t TrackId{};
  std::string Name;
  std::optional<std::int64_t> AlbumId;
  std::int64_t MediaTypeId{};
  std::optional<std::int64_t> GenreId;
  text Composer;
  std::int64_t Milliseconds{};
  std::optional<std::int64_t> Bytes;
  decimal UnitPrice;

  static void model(tupelo::model<Track>& m) {
    m.names_as_written().primary_key(&Track::TrackId);
    m.column(&Track::Name).length(200);
    m.column(&Track::Composer).length(220);
    m.column(&Track::UnitPrice).precision(10, 2);
    m.foreign_key(&Track::AlbumId).references<Album>();
    m.foreign_key(&Track::GenreId).references<Genre>();
    m.foreign_key(&Track::MediaTypeId).references<MediaType>();
    m.index(&Track::AlbumId).named("IFK_TrackAlbumId");
    m.index(&Track::GenreId).named("IFK_TrackGenreId");
    m.index(&Track::MediaTypeId).named("IFK_TrackMediaTypeId");
  }
};

struct Playlist {
  std::int64_t PlaylistId{};
  text Name;

  static void model(tupelo::model<Playlist>& m) {
    m.names_as_written().primary_key(&Playlist::PlaylistId);
    m.column(&Playlist::Name).length(120);
  }
};

struct PlaylistTrack {
  std::int64_t PlaylistId{};
  std::int64_t TrackId{};

  static void model(tupelo::model<PlaylistTrack>& m) {
    m.names_as_written().primary_key(&PlaylistTrack::PlaylistId, &PlaylistTrack::TrackId);
    m.foreign_key(&PlaylistTrack::PlaylistId).references<Playlist>();
    m.foreign_key(&PlaylistTrack::TrackId).references<Track>();
    m.index(&PlaylistTrack::PlaylistId).named("IFK_PlaylistTrackPlaylistId");
    m.index(&PlaylistTrack::TrackId).named("IFK_PlaylistTrackTrackId");
  }
};

struct Invoice {
  std::int64_t InvoiceId{};
  std::int64_t CustomerId{};
  timestamp InvoiceDate{};
  text BillingAddress, BillingCity, BillingState, BillingCountry, BillingPostalCode;
  decimal Total;

  static void model(tupelo::model<Invoice>& m) {
    m.names_as_written().primary_key(&Invoice::InvoiceId);
    m.column(&Invoice::BillingAddress).length(70);
    m.column(&Invoice::BillingCity).length(40);
    m.column(&Invoice::BillingState).length(40);
    m.column(&Invoice::BillingCountry).length(40);
    m.column(&Invoice::BillingPostalCode).length(10);
    m.column(&Invoice::Total).precision(10, 2);
    m.foreign_key(&Invoice::CustomerId).references<Customer>();
    m.index(&Invoice::CustomerId).named("IFK_InvoiceCustomerId");
  }
};

struct InvoiceLine {
  std::int64_t InvoiceLineId{};
  std::int64_t InvoiceId{};
  std::int64_t TrackId{};
  decimal UnitPrice;
  std::int64_t Quantity{};

  static void model(tupelo::model<InvoiceLine>& m) {
    m.names_as_written().primary_key(&InvoiceLine::InvoiceLineId);
    m.column(&InvoiceLine::UnitPrice).precision(10, 2);
    m.foreign_key(&InvoiceLine::InvoiceId).references<Invoice>();
    m.foreign_key(&InvoiceLine::TrackId).references<Track>();
    m.index(&InvoiceLine::InvoiceId).named("IFK_InvoiceLineInvoiceId");
    m.index(&InvoiceLine::TrackId).named("IFK_InvoiceLineTrackId");
  }
};

}  // namespace tupelo::chinook
