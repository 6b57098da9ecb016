#include "app/api/routes/routes.hpp"
#include "app/handlers.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/runtimes/schedules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace millrace::app::api {
namespace {

storage::known_schedule find_visible_schedule(storage::connection& on, const call& in) {
  const auto& name = in.part("name");
  for (auto& known : storage::list_schedules(on))
    if (known.name == name && in.may_see(known.pipeline, in.holder().tenant))
      return std::move(known);
  throw not_found(fmt::format("no runtime has kept a schedule `{}`", name),
                  "GET /v1/schedules lists them");
}

response show_schedule(storage::connection& on, const call& in) {
  return view_response(view_of(find_visible_schedule(on, in), in.around().time.now()));
}

}  // namespace

response list_schedules(call& in) {
  return in.with_database([&](storage::connection& on) {
    schedule_list all;
    for (const auto& known : storage::list_schedules(on))
      if (in.may_see(known.pipeline, in.holder().tenant))
        all.schedules.push_back(view_of(known, in.around().time.now()));
    return view_response(all);
  });
}

response pause_schedule(call& in) {
  in.require_no_tenant("a schedule is not a tenant's, and the token is bound to one");
  return in.with_database([&](storage::connection& on) {
    find_visible_schedule(on, in);
    storage::pause_schedule(on, in.part("name"), in.by(), in.around().time.now());
    return show_schedule(on, in);
  });
}

response resume_schedule(call& in) {
  in.require_no_tenant("a schedule is not a tenant's, and the token is bound to one");
  return in.with_database([&](storage::connection& on) {
    find_visible_schedule(on, in);
    storage::resume_schedule(on, in.part("name"), in.by(), in.around().time.now());
    return show_schedule(on, in);
  });
}

response run_schedule(call& in) {
  in.require_no_tenant("a schedule is not a tenant's, and the token is bound to one");
  const auto& name = in.part("name");
  const auto& all = in.around().config.schedules;
  const auto known = std::find_if(all.begin(), all.end(), [&](const auto& choice) {
    return choice.name == name && in.may_see(choice.pipeline, {});
  });
  if (known == all.end())
    throw not_found(fmt::format("the configuration of this server has no schedule `{}`", name),
                    "ask a server that has it");
  return in.with_database([&](storage::connection& on) {
    storage::job_store jobs{on, in.around().pipelines};
    const auto job = storage::run_schedule(on, jobs, make_schedule(*known, in.around().pipelines),
                                           in.by(), in.around().time.now());
    return view_response(submitted_view{job, "made"}, 201);
  });
}

}  // namespace millrace::app::api
