// fusebox.h: everything that a client of Fusebox needs, in one header.
//
//   #include "fusebox/fusebox.h"  // link fusebox::fusebox
//
//   auto registry = fusebox::Registry::Create();
//   auto channel = fusebox::CreateChannel(
//       "dns:///inventory:443", grpc::SslCredentials({}), registry);
//
// It includes the public headers of core/, policy/, config/, registry/, grpc/,
// log/ and metrics/. Three parts have headers and targets of their own, because
// they bring further dependencies or belong in tests only:
//   fusebox/admin/server.h            fusebox::admin
//   fusebox/prometheus/collectable.h  fusebox::prometheus
//   fusebox/testing/...               fusebox::testing

#ifndef FUSEBOX_FUSEBOX_H_
#define FUSEBOX_FUSEBOX_H_

// IWYU pragma: begin_exports
#include "fusebox/config/config_parser.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/call.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/fallback.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/grpc/stale_cache.h"
#include "fusebox/log/event_log.h"
#include "fusebox/log/event_text.h"
#include "fusebox/log/logger.h"
#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/config_builder.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/policy/rejection_text.h"
#include "fusebox/policy/status_code.h"
#include "fusebox/policy/status_traits.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/config_file.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"
#include "fusebox/version.h"
// IWYU pragma: end_exports

#endif  // FUSEBOX_FUSEBOX_H_
