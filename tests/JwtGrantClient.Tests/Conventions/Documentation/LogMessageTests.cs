using System.Reflection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests the log messages of all packages.</summary>
public sealed class LogMessageTests
{
    private static IEnumerable<(MethodInfo Method, LoggerMessageAttribute Message)> Messages =>
        from assembly in SrcAssemblies.InProduction
        from type in assembly.WrittenTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select (method, message);

    [Fact]
    public void A_time_in_a_log_message_is_printed_as_ISO_8601() => Findings.AssertNone(
        from found in Messages
        from parameter in found.Method.GetParameters()
        where parameter.ParameterType == typeof(DateTimeOffset) || parameter.ParameterType == typeof(DateTime)
        select $"{found.Method.DeclaringType!.Name}.{found.Method.Name}: {parameter.Name}",
        "Use UtcTime: other times are printed in the format of a culture.");

    [Fact]
    public void An_event_id_belongs_to_one_message_of_a_category() => Findings.AssertNone(
        Messages.GroupBy(found => (Category: found.Method.IsStatic ? "JwtGrantClient" : found.Method.DeclaringType!.FullName, found.Message.EventId))
            .Where(group => group.Count() > 1).Select(group => $"{group.Key.Category} {group.Key.EventId}"),
        "Use the next free event id.");

    [Fact]
    public void A_message_that_is_logged_for_each_failed_attempt_has_no_exception() => Findings.AssertNone(
        from found in Messages
        where found.Message.Level < LogLevel.Warning && found.Method.GetParameters().Any(parameter => typeof(Exception).IsAssignableFrom(parameter.ParameterType))
        select $"{found.Method.DeclaringType!.Name}.{found.Method.Name}",
        "Use ErrorLine: the stack trace is in the first warning of a streak.");
}
