using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Diagnostics;

/// <summary>A logger that ignores the exceptions of another one, because a token must not be lost when a log cannot be written.</summary>
internal sealed class NonThrowingLogger(ILogger logger) : ILogger
{
    /// <summary>Creates the logger of the library.</summary>
    /// <param name="factory">The factory of the application; null if it has none.</param>
    public static ILogger Create(ILoggerFactory? factory) =>
        factory is null ? NullLogger.Instance : new NonThrowingLogger(factory.CreateLogger(Diagnostics.Log.Category));

#pragma warning disable CA1031 // A logger of the application may throw any exception.
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return logger.BeginScope(state);
        }
        catch (Exception)
        {
            return null;
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // There is no other place to report it to.
        }
    }
#pragma warning restore CA1031
}
