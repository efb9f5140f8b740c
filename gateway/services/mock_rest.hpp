// REST services as the published mock plays them: nothing is kept, and each
// answer is that of a published record. What a request may hold and which
// records there are is data, read the same way for every service.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/message/message.hpp"
#include "gateway/services/subject.hpp"

namespace gateproof::gateway::mock {

/// What a service says of each kind of mistake. Where two are alike it does not
/// tell them apart.
struct Service {
    std::string_view name;  ///< "bill"
    unsigned bad_token;     ///< HTTP status
    unsigned not_permitted;
    std::string_view empty_body;
    std::string_view unreadable;
    std::string_view unknown_member;
    std::string_view missing_member;
    std::string_view no_token;  ///< empty: its mock looks at no tokens
    std::string_view invalid_token;
    unsigned unknown_record;
    std::string_view unknown_record_code;  ///< empty: the status comes alone
};

/// A member of a request's body, or a parameter of its query.
struct Member {
    std::string_view at;          ///< JSON pointer
    bool required = true;         ///< where the object that holds it is there
    std::string_view among = {};  ///< values with a blank between them; empty: any
    bool (*fits)(const nlohmann::json& value) = nullptr;
    std::string_view code = "EV1100";  ///< of a value that is not good
};

/// One call of a service.
struct Operation {
    const Service& service;
    std::string_view method;
    std::string_view path;  ///< behind "/gateway/"
    std::span<const Member> members = {};
    std::string_view choices = {};  ///< groups of members of which there is
                                    ///< exactly one: "/Address|/NewZealand ..."
    std::string_view record = {};   ///< pointers of those members that may name the
                                    ///< record, with a blank between them
    std::string_view part = {};     ///< pointer of what is looked up within the record; empty: nothing is
    std::string_view no_part = {};  ///< the code where the record has no such part
    std::string_view apart = {};    ///< groups of members of which there is one at most
    std::string_view order = {};    ///< two members of which the first is no later
                                    ///< than the other: "/From|/To"
    std::string_view mark = {};     ///< with this member the id of the record has a '+' behind it
    std::string_view answer = {};   ///< JSON, with "?" for what the record was
                                    ///< named by; empty: success has no body
};

/// What becomes of a request that names this record. Any other is unknown.
struct Record {
    std::string_view path;         ///< of the operations that know it, or how those begin; empty: all
    std::string_view id;           ///< with '/' and the part, where one is looked up
    std::string_view code = {};    ///< empty: it is served
    std::string_view answer = {};  ///< in the operation's place; empty: the operation's
};

struct Table {
    std::span<const Operation> operations;
    std::span<const Record> records;
};
/// The Customer Services Suite, bills and income.
Table customer_services();
/// Documents, notifications, the PIR calculator and Transaction Data Services.
Table document_services();

/// What is asked for by a request for `path`; null: the mock has no such
/// operation here.
const Operation* operation_of(const Request& request, std::string_view path);
/// `denial`: what the request's token lacks.
Response serve(const Request& request, std::string_view query, const Operation& operation, Denial denial,
               const FaultSet& faults);

}  // namespace gateproof::gateway::mock
