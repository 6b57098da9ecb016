#pragma once

#include "app/api/views/document_views.hpp"
#include "app/api/views/fleet_views.hpp"
#include "app/api/views/job_views.hpp"
