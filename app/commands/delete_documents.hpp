#pragma once

#include "app/command.hpp"

namespace millrace::app {

/// Whether `delete` was asked for documents, not for jobs.
bool names_documents(const invocation& call);

/// Its options about documents.
void declare_delete_documents(boost::program_options::options_description_easy_init add);

/// Deletes the documents that are named by id, and those of `--path`, after a question. `no` when
/// one is not there or a job works on it.
exit_code delete_documents(const invocation& call);

}  // namespace millrace::app
