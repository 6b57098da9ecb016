#pragma once

#include "actors/inspector/client/client.hpp"
#include "app/command.hpp"

#include <boost/program_options/options_description.hpp>

#include <memory>

namespace millrace::app {

/// `--connect`, `--cert`, `--key` and `--ca`.
void declare_attaching(boost::program_options::options_description_easy_init add);

/// The runtime that the options name: without --connect, the one that uses runtime.data_dir. Throws
/// app::error.
actors::inspector_address address_of_inspector(const invocation& call);

/// Attaches there.
std::unique_ptr<actors::attachment> attach(const invocation& call);

}  // namespace millrace::app
