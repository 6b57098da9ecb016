#include "ingest/files/media_type.hpp"

#include "tests/ingest/fakes.hpp"
#include "tests/ingest/formats/tree_text.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace millrace;
using namespace millrace::ingest;
using namespace std::string_literals;

namespace {

std::string type_of(std::string_view bytes, std::string_view name) {
  const auto type = media_type_of(bytes, name);
  const auto* found = std::get_if<std::string>(&type);
  return found != nullptr ? *found : fakes::code_of(type);
}

}  // namespace

TEST_CASE("the type is that of the content, whatever the name") {
  struct row {
    std::string bytes;
    std::string name;
    std::string type;
  };
  const auto r = GENERATE(values<row>({
      // clang-format off
      {"Plain words.\n",                                  "a.txt",    "text/plain"},
      {"x",                                               "a",        "text/plain"},
      {"Plain words.\n",                                  "a.pdf",    "text/plain"},
      {"Plain words.\n",                                  "a.html",   "text/plain"},
      {"# Heading\n",                                     "a.md",     "text/markdown"},
      {"# Heading\n",                                     "A.MARKDOWN", "text/markdown"},
      {"# Heading\n",                                     "a.txt",    "text/plain"},
      {"<h1 align=center>Logo</h1>\n\n# Readme\n",        "README.md", "text/markdown"},
      {"<!DOCTYPE html><title>t</title><p>x",             "a.md",     "text/html"},
      {"<!DOCTYPE html><title>t</title><p>x",             "a.txt",    "text/html"},
      {"\n <!-- c -->\n<HTML><body>x",                    "a",        "text/html"},
      {"<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0//EN\"><html/>", "a.xml", "text/html"},
      {"<table><tr><td>1</td></tr></table>\n",            "a.html",   "text/html"},
      {"See the <table> element of <html>.\n",            "a.txt",    "text/plain"},
      {"print('<html><body>')\n",                         "a.py",     "text/x-source"},
      {"#include <cstdio>\nint main() { return 0; }\n",   "a.cpp",    "text/x-source"},
      {"#!/bin/sh\necho hello\n",                         "a.sh",     "text/x-source"},
      {"{\"a\": [1, 2, 3]}\n",                            "a.json",   "text/x-source"},
      {"a,b,c\n1,2,3\n4,5,6\n",                           "a.csv",    "text/csv"},
      {"a\tb\n1\t2\n",                                   "A.TSV",    "text/tab-separated-values"},
      {"#!/usr/bin/env python3\nprint(1)\n",             "start",    "text/x-source"},
      {"{\"a\": 1}\n",                                    "data",     "text/x-source"},
      {"{words} in braces\n",                            "data",     "text/plain"},
      {"all: program\n",                                 "Makefile", "text/x-source"},
      {"#define A @A@\n",                                "a.h.in",   "text/x-source"},
      {"diff --git a b\n",                               "change",   "text/x-source"},
      {"Title\n=====\n",                                   "a.rst",    "text/x-rst"},
      {"#!/bin/sh is the first line.\n",                 "a.txt",    "text/plain"},
      {"Gr\xFC\xDF" "e aus K\xF6ln\n",                    "a.txt",    "text/plain"},
      {"a line\f\nwith \x1B[1mescapes\x1B[0m\n",          "a.log",    "text/plain"},
      {"MOVING CHECKLIST\n\n1. Give notice.\n",          "a.txt",    "text/plain"},
      {"P1 4 hours\nP2 8 hours\n",                        "a.txt",    "text/plain"},
      {"The moov atom of a file\n",                      "a.md",     "text/markdown"},
      {"<html> and <body> may be left out.\n",           "a.txt",    "text/plain"},
      {"<svg> pictures scale without loss.\n",           "a.md",     "text/markdown"},
      {"<p>words</p>\n",                                 "a",        "text/html"},
      {"<p>words</p>\n",                                 "a.txt",    "text/plain"},
      {tests::utf16_little("Some text.\n", true),         "a.txt",    "text/plain"},
      {tests::utf16_big("# Some text.\n", false),         "a.md",     "text/markdown"},
      {tests::utf16_little("<html><p>x</p></html>", true), "a.txt",   "text/html"},
      {tests::pdf_with_pages({"text"}),                   "a.txt",    "application/pdf"},
      {"\n\n" + tests::pdf_with_pages({"text"}),          "a",        "application/pdf"},
      {tests::broken_pdf(),                               "a.md",     "application/pdf"},
      {tests::png(),                                      "a.txt",    "FILE_TYPE_UNSUPPORTED"},
      {tests::png(),                                      "a.md",     "FILE_TYPE_UNSUPPORTED"},
      {"\x7F" "ELF\2\1\1" + std::string(60, '\0'),        "a.txt",    "FILE_TYPE_UNSUPPORTED"},
      {"PK\3\4" + std::string(60, '\0'),                  "a.txt",    "application/zip"},
      {"PK\5\6" + std::string(18, '\0'),                  "a.zip",    "application/zip"},
      {tests::zip_of({{"a.txt", "text"}}),             "a.docx",   "application/zip"},
      {"7z\xBC\xAF\x27\x1C" + std::string(26, '\0'),     "a.7z",     "application/x-7z-compressed"},
      {"\x1F\x8B\b" + std::string(17, '\0'),              "a",        "application/gzip"},
      {"a text with\0a NUL in it, and more text\n"s,      "a.txt",    "FILE_TYPE_UNSUPPORTED"},
      {std::string(100'000, 'a') + "\0"s,                 "a.md",     "FILE_TYPE_UNSUPPORTED"},
      {"<svg xmlns='http://www.w3.org/2000/svg'></svg>",  "a.svg",    "FILE_TYPE_UNSUPPORTED"},
      {"P1\n2 2\n1 0 0 1\n",                              "a.txt",    "FILE_TYPE_UNSUPPORTED"},
      {"{\\rtf1\\ansi text}",                             "a.txt",    "application/rtf"},
      {"From: Ann\nSubject: Mill\n\nText.\n",           "a.eml",    "message/rfc822"},
      {"From: Ann\nSubject: Mill\n\nText.\n",           "a.txt",    "text/plain"},
      {"No message at all.\n",                         "a.eml",    "text/plain"},
      {"From ann Mon\nFrom: Ann\n\nText.\n",           "a.mbox",   "application/mbox"},
      {tests::zip_of({{"mimetype", "text"}}),          "a.docx",   "FILE_TYPE_UNSUPPORTED"},
      {"%!PS-Adobe-3.0\nshowpage\n",                      "a.txt",    "FILE_TYPE_UNSUPPORTED"},
      // clang-format on
  }));
  CAPTURE(r.name, r.bytes.substr(0, 60));
  CHECK(type_of(r.bytes, r.name) == r.type);
}

TEST_CASE("types are told apart in several threads at once") {
  std::vector<std::string> types(4);
  {
    std::vector<std::jthread> threads;
    for (auto& type : types)
      threads.emplace_back([&type] { type = type_of("%PDF-1.4\n", ""); });
  }
  CHECK(types == std::vector<std::string>(4, "application/pdf"));
}

TEST_CASE("every type has an extension of its own") {
  CHECK(extension_of(plain_text) == "txt");
  CHECK(extension_of(markdown) == "md");
  CHECK(extension_of(html) == "html");
  CHECK(extension_of(pdf) == "pdf");
}
