using System.Reflection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that docs/telemetry.md lists every log message of the category JwtGrantClient by event id and level.</summary>
public sealed class LogTableTests
{
    private const string Page = "docs/telemetry.md";

    public static TheoryData<int, LogLevel> Messages =>
    [
        .. from assembly in SrcAssemblies.InProduction
           from type in assembly.WrittenTypes()
           where type.Name == "Log"
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           select new TheoryDataRow<int, LogLevel>(message.EventId, message.Level),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void The_page_lists_the_log_message(int id, LogLevel level) =>
        Assert.Contains($"\n| {id} | {level} | ", SourceTree.Read(Page), StringComparison.Ordinal);
}
