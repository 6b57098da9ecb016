#include "actors/inspector/server/build_rows.hpp"
#include "app/api/routes/routes.hpp"
#include "app/commands/view_json.hpp"
#include "app/version.hpp"
#include "storage/db/migrate.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <string>
#include <utility>

namespace millrace::app::api {
namespace {

constexpr auto about_all =
    "this is about all owners, tenants and pipelines, and the token is bound";

response give_order(call& in, actors::order what) {
  in.require_unbound(about_all);
  const auto answer = attach(in.around()).change({.what = what, .by = in.by()});
  if (!answer.done)
    throw problem{409, "ORDER_REFUSED", "the order cannot be carried out", answer.text,
                  "GET /v1/runtime shows the runtime"};
  return view_response(order_view{answer.done, answer.text});
}

}  // namespace

actors::attachment attach(const environment& around) {
  return {actors::inspector_address{.data_dir = around.config.values.runtime.data_dir},
          std::string{version()}};
}

response get_runtime(call& in) {
  in.require_unbound(about_all);
  return view_response(attach(in.around()).runtime());
}

response list_actors(call& in) {
  in.require_unbound(about_all);
  return view_response(attach(in.around()).actors());
}

response list_stages(call& in) {
  auto view = attach(in.around()).stages();
  in.require_no_tenant("stages count the jobs of all tenants, and the token is bound to one");
  std::erase_if(view.stages,
                [&](const auto& stage) { return !in.may_see(stage.pipeline, in.holder().tenant); });
  return json_response(document_of(view));
}

response list_services(call& in) {
  in.require_unbound(about_all);
  return view_response(attach(in.around()).services());
}

response get_health(call& in) {
  in.require_unbound(about_all);
  return view_response(attach(in.around()).health());
}

response drain_runtime(call& in) { return give_order(in, actors::order::drain); }

response stop_runtime(call& in) { return give_order(in, actors::order::stop); }

response list_runtimes(call& in) {
  in.require_unbound(about_all);
  return in.with_database([&](storage::connection& on) {
    const auto now = in.around().time.now();
    actors::runtimes_view view{.read_at_us = to_us(now)};
    const auto& status = in.around().status;
    const auto own = status ? status->identity() : std::nullopt;
    for (auto& runtime : storage::list_runtimes(on))
      view.runtimes.push_back(actors::build_row(std::move(runtime), now, own ? own->id : 0));
    return view_response(view);
  });
}

response list_tenants(call& in) {
  tenant_list all;
  const auto add = [&](const std::string& name, const storage::tenant_rules& rules) {
    if (in.holder().tenant.empty() || in.holder().tenant == name)
      all.tenants.push_back(
          {name, rules.weight, rules.limit.concurrency, pipeline::format_rate(rules.limit.starts)});
  };
  const auto& runtime = in.around().config.values.runtime;
  for (const auto& [name, rules] : runtime.tenants)
    add(name, rules);
  add("*", runtime.other_tenants);
  return view_response(all);
}

response get_liveness(call&) { return typed_response("text/plain; charset=utf-8", "ok\n"); }

response get_readiness(call& in) {
  return in.with_database([&](storage::connection& on) {
    storage::require_current_schema(on);
    return typed_response("text/plain; charset=utf-8", "ready\n");
  });
}

}  // namespace millrace::app::api
